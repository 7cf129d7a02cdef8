import { ProviderError, type ProviderFailure } from '../../contracts/index.ts';

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
export const SAID: Readonly<Record<ProviderFailure, string>> = {
  timeout: 'did not answer in time',
  auth: 'refused the request',
  'rate-limited': 'asks for fewer requests',
  unavailable: 'is not available',
  'bad-request': 'did not accept the request',
  unsupported: 'does not do this',
};

/** A speech server answered with this status. */
export function httpFailure(server: string, status: number): ProviderError {
  const reason = BY_STATUS[status] ?? 'unavailable';
  return new ProviderError('tts', reason, `${server} ${SAID[reason]} (${status})`);
}

/** Whatever else went wrong on the way to a speech server. */
export function connectionFailure(server: string, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const code = codeOf(error);
  return ProviderError.unavailable('tts', `${server} ${SAID.unavailable}${code ? `: ${code}` : ''}`, { cause: error });
}

/** `ECONNREFUSED` and the like, which fetch hides a cause deep. */
function codeOf(error: unknown): string | undefined {
  let at = error as { code?: unknown; cause?: unknown } | undefined;
  for (let depth = 0; at && depth < 4; depth++) {
    if (typeof at.code === 'string') return at.code;
    at = at.cause as typeof at;
  }
  return undefined;
}
