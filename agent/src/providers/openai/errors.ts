import OpenAI from 'openai';
import { ProviderError, type ProviderFailure, type Stage } from '../../contracts/index.ts';
import { errorCode, failureOfStatus, SAID } from '../failures.ts';
import { markRepeated, wasRepeated } from '../repeated.ts';

/** What comes in the middle of a stream has no status, only these. */
const BY_CODE: Readonly<Record<string, ProviderFailure>> = {
  insufficient_quota: 'auth', // trying again will not pay the bill
  invalid_api_key: 'auth',
  rate_limit_exceeded: 'rate-limited',
  invalid_request_error: 'bad-request',
  model_not_found: 'bad-request',
};
/** Keys are what these servers are asked with. */
const saidOf = (reason: ProviderFailure): string =>
  reason === 'auth' ? 'refused the key, or the account has no quota left' : SAID[reason];
const MAX_DETAIL = 200;

/** What a client's error means, by its type, status and code. Everything else is a server that is not available. */
export function toProviderError(stage: Stage, server: string, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const reason = reasonOf(error);
  const status = error instanceof OpenAI.APIError && error.status ? ` (${error.status})` : '';
  const failure = new ProviderError(stage, reason, `${server} ${saidOf(reason)}${status}${detailOf(reason, error)}`);
  return wasRepeated(error) ? markRepeated(failure) : failure;
}

function reasonOf(error: unknown): ProviderFailure {
  if (error instanceof OpenAI.APIConnectionTimeoutError) return 'timeout';
  if (!(error instanceof OpenAI.APIError)) return 'unavailable';
  const byCode = BY_CODE[error.code ?? ''] ?? BY_CODE[error.type ?? ''];
  if (error.status === 429 || error.status === undefined)
    return byCode ?? (error.status === 429 ? 'rate-limited' : 'unavailable');
  return failureOfStatus(error.status);
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
