import type { Clock } from '../kernel/index.ts';
import type { InterruptionPolicy, Overlap as Overlapping } from '../turns/index.ts';

/** How often a paused overlap is judged again, in ms: its words may be on their way. */
const ASK_AGAIN_MS = 50;

export interface OverlapOptions {
  readonly clock: Clock;
  readonly policy: InterruptionPolicy;
  /** Clock's ms of its onset. */
  readonly startedAt: number;
  /** What was recognised of it so far. */
  readonly words: () => Pick<Overlapping, 'text' | 'settled' | 'partials'> & { readonly echo: boolean };
  readonly onHold: () => void;
  /** It is nobody's, and goes on: the ears are to take it for silence from now on. */
  readonly onBackground: () => void;
  /** Comes once, and nothing after it. */
  readonly onVerdict: (verdict: 'take-floor' | 'let-go') => void;
}

/** Speech over the agent's voice, from its onset until it is clear what it was. */
export class Overlap {
  readonly #options: OverlapOptions;
  /** Clock's ms of its last sample; undefined while it goes on. */
  #pausedAt: number | undefined;
  #cancelAsking: (() => void) | undefined;
  /** Clock's ms from which on somebody else than the agent is heard. */
  #startedAt: number;
  #echo = false;
  /** What was recognised of it, and the clock's ms from which on. */
  #words = { text: '', at: 0 };
  #decided = false;

  constructor(options: OverlapOptions) {
    this.#options = options;
    this.#startedAt = options.startedAt;
  }

  /** What was heard of it last was the agent's own voice, come back. */
  get isEcho(): boolean {
    return this.#echo;
  }

  goesOn(): void {
    this.#pausedAt = undefined;
    this.ask();
  }

  pausedAt(at: number): void {
    this.#pausedAt = at;
    this.ask();
  }

  /** Something is new: time, or words. */
  ask(): void {
    this.#cancelAsking?.();
    if (this.#decided) return;
    const { clock, policy, words, onHold, onBackground, onVerdict } = this.#options;
    const now = clock.now();
    const heard = words();
    if (heard.text !== this.#words.text) this.#words = { text: heard.text, at: now };
    // In its pauses nobody can tell whose it is: it stays whose it was.
    if (this.#pausedAt === undefined) this.#echo = heard.echo;
    if (this.#echo) this.#startedAt = now;
    const verdict = policy.judge({
      ...heard,
      lastedMs: Math.max(0, (this.#pausedAt ?? now) - this.#startedAt),
      speaking: this.#pausedAt === undefined,
      steadyMs: now - this.#words.at,
      silentMs: this.#pausedAt === undefined ? 0 : now - this.#pausedAt,
      echo: this.#echo,
    });
    if (verdict === 'hold') onHold();
    if (verdict === 'background') {
      onBackground();
      return;
    }
    // Somebody who goes on speaking is asked about with each frame.
    if (this.#pausedAt !== undefined) this.#cancelAsking = clock.after(ASK_AGAIN_MS, () => this.ask());
    if (verdict !== 'take-floor' && verdict !== 'let-go') return;
    // Let go while they speak on would be asked again at once: wait for the pause.
    if (verdict === 'let-go' && this.#pausedAt === undefined) return;
    this.close();
    onVerdict(verdict);
  }

  /** No verdict is wanted any more. */
  close(): void {
    this.#decided = true;
    this.#cancelAsking?.();
  }
}
