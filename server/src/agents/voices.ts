import { type AgentHost, type OfferedVoice, ProviderError, type SampleOrder, type VoiceSample } from '@parley/agent';
import type { Clock } from '../observe/index.ts';

export { EMOTIONS } from '@parley/agent';
export type { OfferedVoice, VoiceSample };

/** A call is not kept waiting for the list longer than this, in ms; a page that offers the voices has asked before. */
const LIST_PATIENCE_MS = 2000;

/** Voices cannot be listed, or shown. */
export class VoiceFailure extends Error {
  readonly reason: 'busy' | 'bad-request' | 'unavailable';

  constructor(reason: VoiceFailure['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VoiceFailure';
    this.reason = reason;
  }
}

/** Gives `use` a host; undefined where none is alive. */
type Place = <T>(use: (host: AgentHost) => Promise<T>) => Promise<T | undefined>;

/** What the hosts' speech engine offers: the same on every host, so it is asked for once. */
export class Voices {
  readonly #place: Place;
  readonly #clock: Clock;
  #list: Promise<readonly OfferedVoice[]> | undefined;

  constructor(place: Place, clock: Clock) {
    this.#place = place;
    this.#clock = clock;
  }

  /** A failure is not remembered. Throws VoiceFailure. */
  list(): Promise<readonly OfferedVoice[]> {
    return (this.#list ??= this.#ask((host) => host.voices()).catch((error) => {
      this.#list = undefined;
      throw error;
    }));
  }

  /** Other engines may have others. */
  forget(): void {
    this.#list = undefined;
  }

  /** The same for a call that is being opened: none where the list does not come in time. */
  async known(): Promise<readonly OfferedVoice[]> {
    const late = Promise.withResolvers<readonly OfferedVoice[]>();
    const cancel = this.#clock.after(LIST_PATIENCE_MS, () => late.resolve([]));
    try {
      return await Promise.race([this.list(), late.promise]);
    } catch {
      return [];
    } finally {
      cancel();
    }
  }

  /** Throws VoiceFailure, or the signal's reason. */
  sample(order: SampleOrder, options: { readonly signal: AbortSignal }): Promise<VoiceSample> {
    return this.#ask((host) => host.sample(order, options), options.signal);
  }

  async #ask<T>(question: (host: AgentHost) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      const answer = await this.#place(question);
      if (answer === undefined) throw new VoiceFailure('unavailable', 'no agent is available');
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof VoiceFailure ? error : failureOf(error);
    }
  }
}

function failureOf(cause: unknown): VoiceFailure {
  const message = cause instanceof Error ? cause.message : String(cause);
  const why = cause instanceof ProviderError ? cause.reason : 'unavailable';
  if (why === 'rate-limited') return new VoiceFailure('busy', message, { cause });
  const refused = why === 'bad-request' || why === 'unsupported';
  return new VoiceFailure(refused ? 'bad-request' : 'unavailable', message, { cause });
}
