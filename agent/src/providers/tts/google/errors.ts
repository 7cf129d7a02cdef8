import { ProviderError, type ProviderFailure } from '../../../contracts/index.ts';
import { SAID } from '../../failures.ts';

export const SERVER = 'Google Cloud';
/** By gRPC status. Everything else is a service that is not available. */
const BY_CODE: Readonly<Record<number, ProviderFailure>> = {
  3: 'bad-request', // INVALID_ARGUMENT
  4: 'timeout', // DEADLINE_EXCEEDED
  5: 'bad-request', // NOT_FOUND
  7: 'auth', // PERMISSION_DENIED
  8: 'rate-limited', // RESOURCE_EXHAUSTED
  9: 'bad-request', // FAILED_PRECONDITION
  11: 'bad-request', // OUT_OF_RANGE
  12: 'unsupported', // UNIMPLEMENTED
  16: 'auth', // UNAUTHENTICATED
};
const INVALID_ARGUMENT = 3;
/** In the status details of a request whose key is wrong, which is an INVALID_ARGUMENT otherwise. */
const KEY_REFUSED = 'API_KEY_';
const FIX = 'set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, or give an API key';
const MAX_DETAIL = 200;

interface StatusError {
  readonly code: number;
  readonly details: string;
  readonly metadata?: { get(key: string): readonly unknown[] };
}

/** What an error of gRPC means, by its status. */
export function toProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (!isStatus(error)) return ProviderError.unavailable('tts', `${SERVER} ${SAID.unavailable}`, { cause: error });
  const reason =
    error.code === INVALID_ARGUMENT && saysKeyIsWrong(error) ? 'auth' : (BY_CODE[error.code] ?? 'unavailable');
  // What it says of a refused key may quote it.
  const detail = reason === 'auth' ? `: ${FIX}` : error.details ? `: ${error.details.slice(0, MAX_DETAIL)}` : '';
  return new ProviderError('tts', reason, `${SERVER} ${SAID[reason]}${detail}`, { cause: error });
}

export const noCredentials = (cause: unknown): ProviderError =>
  ProviderError.auth('tts', `${SERVER} finds no credentials that it can use: ${FIX}`, { cause });

const isStatus = (error: unknown): error is StatusError =>
  error instanceof Error && typeof (error as Partial<StatusError>).code === 'number';

const saysKeyIsWrong = ({ metadata }: StatusError): boolean =>
  (metadata?.get('grpc-status-details-bin') ?? []).some(
    (value) => Buffer.isBuffer(value) && value.includes(KEY_REFUSED),
  );
