import type { ProviderFailure } from '../contracts/index.ts';

const BY_STATUS: Readonly<Record<number, ProviderFailure>> = {
  400: 'bad-request',
  401: 'auth',
  402: 'auth',
  403: 'auth',
  404: 'bad-request',
  405: 'unsupported',
  408: 'timeout',
  413: 'bad-request',
  414: 'bad-request',
  415: 'unsupported',
  422: 'bad-request',
  429: 'rate-limited',
  501: 'unsupported',
  504: 'timeout',
};

/** What a server means by an HTTP status. */
export const failureOfStatus = (status: number): ProviderFailure => BY_STATUS[status] ?? 'unavailable';

/** What each failure is called, after the name of a server. */
export const SAID: Readonly<Record<ProviderFailure, string>> = {
  timeout: 'did not answer in time',
  auth: 'refused the request',
  'rate-limited': 'asks for fewer requests',
  unavailable: 'is not available',
  'bad-request': 'did not accept the request',
  unsupported: 'does not do this',
};

/** `ECONNREFUSED` and the like, which fetch hides some causes deep. */
export function errorCode(error: unknown): string | undefined {
  let at = error as { code?: unknown; cause?: unknown } | undefined;
  for (let depth = 0; at && depth < 4; depth++) {
    if (typeof at.code === 'string') return at.code;
    at = at.cause as typeof at;
  }
  return undefined;
}
