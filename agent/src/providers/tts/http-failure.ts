import { ProviderError } from '../../contracts/index.ts';
import { errorCode, failureOfStatus, SAID } from '../failures.ts';

/** A speech server answered with this status. */
export function httpFailure(server: string, status: number): ProviderError {
  const reason = failureOfStatus(status);
  return new ProviderError('tts', reason, `${server} ${SAID[reason]} (${status})`);
}

/** Whatever else went wrong on the way to a speech server. */
export function connectionFailure(server: string, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const code = errorCode(error);
  return ProviderError.unavailable('tts', `${server} ${SAID.unavailable}${code ? `: ${code}` : ''}`, { cause: error });
}
