import { ProviderError, type SpeechChunk } from '../../contracts/index.ts';
import { abortable, type Clock, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';

export interface TimedOptions {
  readonly signal: AbortSignal;
  /** ms without a sign of life. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
  /** What a person calls it. */
  readonly server: string;
  readonly toError: (error: unknown) => ProviderError;
}

/**
 * One request's speech under a deadline, which stands still while the reader is busy. `open` is given the signal that
 * ends the request: the caller's abort, a silence that is too long, or a reader who has left. No audio is a failure.
 */
export async function* timedSpeech(
  open: (signal: AbortSignal) => AsyncIterable<SpeechChunk>,
  { signal, timeoutMs, clock = systemClock, server, toError }: TimedOptions,
): AsyncGenerator<SpeechChunk> {
  signal.throwIfAborted();
  const deadline = new Deadline({ stage: 'tts', ms: timeoutMs, parent: signal, clock });
  let heard = false;
  try {
    for await (const chunk of abortable(open(deadline.signal), deadline.signal)) {
      deadline.pause();
      const isEmpty = chunk.kind === 'audio' && chunk.samples.length === 0;
      if (!isEmpty) yield chunk;
      heard ||= chunk.kind !== 'word' && !isEmpty;
      deadline.touch();
    }
    deadline.signal.throwIfAborted();
    if (!heard) throw ProviderError.unavailable('tts', `${server} answered without audio`);
  } catch (error) {
    deadline.signal.throwIfAborted();
    throw toError(error);
  } finally {
    deadline.close();
  }
}

/** One answer that is not speech, under the same deadline. */
export async function timed<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  { signal, timeoutMs, clock = systemClock, toError }: Omit<TimedOptions, 'server'>,
): Promise<T> {
  signal.throwIfAborted();
  const deadline = new Deadline({ stage: 'tts', ms: timeoutMs, parent: signal, clock });
  try {
    return await ask(deadline.signal);
  } catch (error) {
    deadline.signal.throwIfAborted();
    throw toError(error);
  } finally {
    deadline.close();
  }
}
