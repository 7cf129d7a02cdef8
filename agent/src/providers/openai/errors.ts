import OpenAI from 'openai';
import { ProviderError, type ProviderFailure, type Stage } from '../../contracts/index.ts';
import { markRepeated, wasRepeated } from '../repeated.ts';

const BY_STATUS: Readonly<Record<number, ProviderFailure>> = {
  400: 'bad-request',
  401: 'auth',
  402: 'auth',
  403: 'auth',
  404: 'bad-request',
  405: 'unsupported',
  408: 'timeout',
  413: 'bad-request',
  415: 'unsupported',
  422: 'bad-request',
  429: 'rate-limited',
  501: 'unsupported',
  504: 'timeout',
};
/** What comes in the middle of a stream has no status, only these. */
const BY_CODE: Readonly<Record<string, ProviderFailure>> = {
  insufficient_quota: 'auth', // trying again will not pay the bill
  invalid_api_key: 'auth',
  rate_limit_exceeded: 'rate-limited',
  invalid_request_error: 'bad-request',
  model_not_found: 'bad-request',
};
const SAID: Readonly<Record<ProviderFailure, string>> = {
  timeout: 'did not answer in time',
  auth: 'refused the key, or the account has no quota left',
  'rate-limited': 'asks for fewer requests',
  unavailable: 'is not available',
  'bad-request': 'did not accept the request',
  unsupported: 'does not do this',
};
const MAX_DETAIL = 200;

/** What a client's error means, by its type, status and code. Everything else is a server that is not available. */
export function toProviderError(stage: Stage, server: string, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const reason = reasonOf(error);
  const status = error instanceof OpenAI.APIError && error.status ? ` (${error.status})` : '';
  const failure = new ProviderError(stage, reason, `${server} ${SAID[reason]}${status}${detailOf(reason, error)}`);
  return wasRepeated(error) ? markRepeated(failure) : failure;
}

function reasonOf(error: unknown): ProviderFailure {
  if (error instanceof OpenAI.APIConnectionTimeoutError) return 'timeout';
  if (!(error instanceof OpenAI.APIError)) return 'unavailable';
  const byCode = BY_CODE[error.code ?? ''] ?? BY_CODE[error.type ?? ''];
  if (error.status === 429 || error.status === undefined)
    return byCode ?? (error.status === 429 ? 'rate-limited' : 'unavailable');
  return BY_STATUS[error.status] ?? 'unavailable';
}

/** The server's words, where they help and cannot hold a key: those of a refused key quote it. */
function detailOf(reason: ProviderFailure, error: unknown): string {
  if (reason === 'auth') return '';
  const said =
    error instanceof OpenAI.APIError ? (error.error as { message?: unknown } | undefined)?.message : undefined;
  if (typeof said === 'string' && said !== '') return `: ${said.replace(/\bsk-\S+/g, 'sk-…').slice(0, MAX_DETAIL)}`;
  const code = errorCode(error);
  return code ? `: ${code}` : '';
}

/** `ECONNREFUSED` and the like, which fetch hides two causes deep. */
function errorCode(error: unknown): string | undefined {
  let at = error as { code?: unknown; cause?: unknown } | undefined;
  for (let depth = 0; at && depth < 4; depth++) {
    if (typeof at.code === 'string') return at.code;
    at = at.cause as typeof at;
  }
  return undefined;
}
