import type { Clock } from '../kernel/index.ts';
import type { Listener } from './listener.ts';

/** A sound that voice detection does not take up within this was no speech, in ms... */
const STIR_MS = 250;
/** ...and after so many in a row within so long a line is too restless to duck at its sounds, for a while; in ms. */
const MAX_VAIN = 4;
const VAIN_WITHIN_MS = 10_000;
const REST_MS = 20_000;

export interface StirsOptions {
  readonly clock: Clock;
  /** The agent speaks, and nobody over it. */
  readonly agentSpeaks: () => boolean;
  /** Somebody may be about to speak, or it was nothing. */
  readonly onMaybeSpeech: (maybe: boolean) => void;
}

/** Sounds that begin over the agent's voice: softened for at once, and given back where they come to nothing. */
export class Stirs {
  readonly #options: StirsOptions;
  /** Lines on which voice detection holds speech for possible. */
  readonly #maybe = new WeakSet<Listener>();
  /** Clock's ms of those in a row. */
  #vain: number[] = [];
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: StirsOptions) {
    this.#options = options;
  }

  /** What voice detection thinks of a line. */
  maybeSpeech(listener: Listener, maybe: boolean): void {
    if (maybe) this.#maybe.add(listener);
    else this.#maybe.delete(listener);
    this.#options.onMaybeSpeech(maybe);
  }

  /** A sound begins on this line. */
  begins(listener: Listener): void {
    const { clock, agentSpeaks, onMaybeSpeech } = this.#options;
    if (!agentSpeaks() || clock.now() < this.#restsUntil) return;
    onMaybeSpeech(true);
    clock.after(STIR_MS, () => this.#judge(this.#maybe.has(listener) || !agentSpeaks()));
  }

  #judge(came: boolean): void {
    const now = this.#options.clock.now();
    this.#vain = came ? [] : [...this.#vain.filter((at) => now - at < VAIN_WITHIN_MS), now];
    if (came) return;
    if (this.#vain.length >= MAX_VAIN) {
      this.#vain = [];
      this.#restsUntil = now + REST_MS;
    }
    this.#options.onMaybeSpeech(false);
  }
}
