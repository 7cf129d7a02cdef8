import type { SessionSettings } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';
import { mustAnswer } from '../turns/index.ts';
import type { CallerWords } from './turn-book.ts';

/** Whose turns the agent answers, and who is there. */
export class Answering {
  readonly #settings: Pick<SessionSettings, 'answers' | 'names' | 'language'>;
  readonly #clock: Clock;
  readonly #callers = new Map<string, string | undefined>();
  #asked = false;
  #openedAt = 0;
  #last: { readonly callerId: string; readonly at: number } | undefined;

  constructor(settings: Pick<SessionSettings, 'answers' | 'names' | 'language'>, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  joined(callerId: string, name?: string): void {
    this.#callers.set(callerId, name);
  }

  left(callerId: string): void {
    this.#callers.delete(callerId);
  }

  name(callerId: string): string | undefined {
    return this.#callers.get(callerId);
  }

  get callers(): number {
    return this.#callers.size;
  }

  /** A caller wants the turn that is being heard to be answered, whatever it says. */
  ask(): void {
    this.#asked = true;
  }

  /** A turn begins; what was asked for was for the one before. */
  opened(): void {
    this.#asked = false;
    this.#openedAt = this.#clock.now();
  }

  /** The agent has answered these callers. */
  answered(words: readonly CallerWords[]): void {
    const callerId = words.at(-1)?.callerId;
    if (callerId !== undefined) this.#last = { callerId, at: this.#clock.now() };
  }

  #othersThan(callerId: string): string[] {
    return [...this.#callers].flatMap(([id, name]) => (id !== callerId && name !== undefined ? [name] : []));
  }

  /** What several callers said in one turn is answered if any of it is for the agent. */
  isForAgent(words: readonly CallerWords[]): boolean {
    const { answers: policy, names, language } = this.#settings;
    if (this.#asked || policy === 'every-turn') return true;
    const last = this.#last;
    return words.some(({ callerId, text }) =>
      mustAnswer({
        policy,
        text,
        names,
        callers: this.#callers.size,
        callerId,
        others: this.#othersThan(callerId),
        asked: false,
        ...(language ? { language } : {}),
        ...(last ? { lastAnswered: { callerId: last.callerId, msAgo: this.#openedAt - last.at } } : {}),
      }),
    );
  }
}
