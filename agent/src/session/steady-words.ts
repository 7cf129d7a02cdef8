import type { Clock } from '../kernel/index.ts';
import type { EndpointingPolicy } from '../turns/index.ts';
import type { TurnEnd, TurnWords } from './turn-end.ts';

/** Words that are the last ones have not changed for this long and for the silence that would end the turn, in ms... */
const STEADY_WORDS_MS = 1000;
/** ...and speech without any is none after this. */
const WORDLESS_MS = 4000;

/** Speech in which no words come any more is not the caller's: a radio, a street, other people. */
export class SteadyWords {
  readonly #clock: Clock;
  readonly #policy: EndpointingPolicy;
  #text = '';
  /** Clock's ms from which on the words are these. */
  #at = 0;

  constructor(clock: Clock, policy: EndpointingPolicy) {
    this.#clock = clock;
    this.#policy = policy;
  }

  /** Another turn is heard from now on. */
  reset(): void {
    this.#text = '';
    this.#at = this.#clock.now();
  }

  /**
   * Speech goes on, with these words. Returns the clock's ms since which it has been no caller's; undefined where it is one's.
   */
  watch({ text, ...known }: TurnWords, speechStartAt: number, turnEnd: TurnEnd): number | undefined {
    const now = this.#clock.now();
    if (text !== this.#text) {
      this.#text = text;
      this.#at = now;
    }
    const since = Math.max(this.#at, speechStartAt);
    // An answer to them may be prepared, as it is when the voice falls quiet.
    if (now - since >= STEADY_WORDS_MS / 2) turnEnd.guess();
    if (now - since < STEADY_WORDS_MS) return undefined;
    const silenceMs = this.#policy.silenceMs({ text, ...known, settled: true, pauses: turnEnd.pauses });
    return now - since >= (text === '' ? WORDLESS_MS : STEADY_WORDS_MS + silenceMs) ? since : undefined;
  }
}
