import type { Clock, Logger } from '../observe/index.ts';
import type { RoomAgent } from './agent-port.ts';

/** What is asked of an agent. */
export type Order = (agent: RoomAgent) => void;

/** Orders that wait; the oldest goes first. */
const MOST_HELD = 32;

export interface HeldOrdersOptions {
  /** Void where no agent is there. */
  readonly give: (order: Order) => void;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Orders on their way to an agent: they wait, in order, while there is none, and until it can be heard. */
export class HeldOrders {
  readonly #options: HeldOrdersOptions;
  #held: Order[] | undefined;
  #cancel = (): void => {};

  constructor(options: HeldOrdersOptions) {
    this.#options = options;
  }

  get holding(): boolean {
    return this.#held !== undefined;
  }

  /** Given at once where nothing has to wait. */
  put(order: Order): void {
    const { give, log } = this.#options;
    const held = this.#held;
    if (!held) give(order);
    if (!held || held.push(order) <= MOST_HELD) return;
    held.shift();
    log.warn('too much waits for an agent that was lost: what has waited longest is left out');
  }

  hold(): void {
    this.#cancel();
    this.#held ??= [];
  }

  /** Unless they are released before. */
  releaseAfter(ms: number): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(ms, () => this.release());
  }

  release(): void {
    const held = this.#held ?? [];
    this.drop();
    for (const order of held) this.#options.give(order);
  }

  /** They are not given any more. */
  drop(): void {
    this.#cancel();
    this.#held = undefined;
  }
}
