import type { EchoLines } from './echo-lines.ts';
import type { Listener } from './listener.ts';

/** Who speaks now. */
export class Speakers {
  readonly #speaking = new Set<Listener>();

  get some(): boolean {
    return this.#speaking.size > 0;
  }

  /** True where nobody spoke before. */
  begins(listener: Listener): boolean {
    const first = !this.some;
    this.#speaking.add(listener);
    return first;
  }

  /** True where nobody speaks any more, and this one did. */
  ends(listener: Listener): boolean {
    return this.#speaking.delete(listener) && !this.some;
  }

  isAlone(listener: Listener): boolean {
    return this.#speaking.size === 1 && this.#speaking.has(listener);
  }

  /** Words come while they are spoken, whoever speaks now. */
  get partials(): boolean {
    return this.#all((listener) => listener.partials);
  }

  /** All that is heard just now is the agent itself. */
  get isEcho(): boolean {
    return this.#all((listener) => listener.isEcho);
  }

  /** All lines on which somebody speaks have brought the agent's words back of late. */
  onlyOn(lines: EchoLines): boolean {
    return this.#all((listener) => lines.echoes(listener));
  }

  /** What goes on is no caller's, since the clock's ms `at`. */
  toBackground(at: number): void {
    for (const listener of [...this.#speaking]) listener.toBackground(at);
  }

  #all(are: (listener: Listener) => boolean): boolean {
    return this.some && [...this.#speaking].every(are);
  }
}
