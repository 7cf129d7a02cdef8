import type { RequestName, RequestOf } from '../protocol/index.ts';
import { SignalingError } from './errors.ts';
import type { Link } from './link.ts';

/** Results of tools and the like that wait for a connection; more are dropped. */
const MOST_UNSAID = 32;

/** Tells the server what nobody waits for; what a broken connection keeps from it is told when that is back. */
export class Unsaid {
  readonly #link: () => Pick<Link, 'request'> | undefined;
  readonly #onProblem: (error: unknown) => void;
  readonly #waiting: (() => void)[] = [];

  /** `link`: the one of this moment; without one, nothing is told to anyone. */
  constructor(link: () => Pick<Link, 'request'> | undefined, onProblem: (error: unknown) => void) {
    this.#link = link;
    this.#onProblem = onProblem;
  }

  async say<N extends RequestName>(name: N, message: RequestOf<N>): Promise<void> {
    const link = this.#link();
    try {
      await link?.request(name, message);
    } catch (error) {
      // Another link knows nothing of what this one was about.
      if (this.#link() !== link) return;
      if (SignalingError.from(error).code !== 'disconnected') this.#onProblem(error);
      else if (this.#waiting.length < MOST_UNSAID) this.#waiting.push(() => void this.say(name, message));
    }
  }

  /** The connection is back. */
  sayAgain(): void {
    for (const say of this.#waiting.splice(0)) say();
  }

  /** The link is no more, and nobody waits for any of it. */
  clear(): void {
    this.#waiting.length = 0;
  }
}
