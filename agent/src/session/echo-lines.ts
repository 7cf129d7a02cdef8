import type { Clock } from '../kernel/index.ts';
import type { Listener } from './listener.ts';
import { isOwnVoice, wordsOverEcho } from './own-voice.ts';
import type { Utterance } from './utterance.ts';

/** A line on which the agent's words were recognised is taken to echo for so long, in ms. */
const ECHOING_MS = 20_000;
/** The last of an echo comes until so long after the agent's last packet, in ms. */
const ECHO_TAIL_MS = 1000;

export interface EchoLinesOptions {
  readonly clock: Clock;
  /** What was heard of the agent's latest words. */
  readonly lastSaid: () => string;
  /** Clock's ms at which the agent's last packet with voice left. */
  readonly lastVoiceAt: () => number;
}

/** Which lines bring the agent's words back, and what callers say on them beside these. */
export class EchoLines {
  readonly #options: EchoLinesOptions;
  /** Speech over the agent, on lines that may bring its voice back. */
  readonly #over = new WeakSet<Utterance>();
  /** Until when lines are taken to echo, in clock's ms. */
  readonly #until = new WeakMap<Listener, number>();
  /** The line on which the last of the agent's words may come back just now. */
  #tailOn: Listener | undefined;

  constructor(options: EchoLinesOptions) {
    this.#options = options;
  }

  /** It has brought the agent's words back of late. */
  echoes(listener: Listener): boolean {
    return this.#options.clock.now() < (this.#until.get(listener) ?? 0);
  }

  speechStart(listener: Listener, at: number): void {
    const tail = this.echoes(listener) && at - this.#options.lastVoiceAt() < ECHO_TAIL_MS;
    this.#tailOn = tail ? listener : undefined;
  }

  /** Leaves the agent's own words out of what was recognised. `over`: the agent speaks meanwhile. */
  leaveOutOwnWords(listener: Listener, utterance: Utterance, over: boolean): void {
    const { lastSaid, clock } = this.#options;
    const tail = this.#tailOn === listener && utterance.text === '';
    if (tail || (listener.mayEcho && over)) this.#over.add(utterance);
    if (!this.#over.has(utterance)) {
      if (isOwnVoice(utterance, lastSaid())) utterance.text = '';
      return;
    }
    const { words, echoes } = wordsOverEcho(utterance.text, lastSaid());
    utterance.text = words;
    if (echoes) this.#until.set(listener, clock.now() + ECHOING_MS);
  }
}
