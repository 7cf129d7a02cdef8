import type { ClientEventOf } from './client-events.ts';

/** How a response is to be, where that is not as its session is set. */
export type ResponseOrder = NonNullable<ClientEventOf<'response.create'>['response']>;

/** Responses that a client has asked for and that have not begun. */
export class Requests {
  #open: { readonly order: ResponseOrder; passedOn: boolean } | undefined;
  /** Taken back when the agent knew of it: its reply may begin all the same. */
  #withdrawn: ResponseOrder | undefined;

  /** What is asked for now. */
  get order(): ResponseOrder | undefined {
    return this.#open?.order;
  }

  put(order: ResponseOrder): void {
    this.#open = { order, passedOn: false };
  }

  /** The agent was asked for it. */
  passedOn(): void {
    if (this.#open) this.#open.passedOn = true;
  }

  /** The client does not want it any more. */
  withdraw(): void {
    if (this.#open?.passedOn) this.#withdrawn = this.#open.order;
    this.#open = undefined;
  }

  /** Somebody has taken the floor: what begins from now on is another reply. */
  floorTaken(): void {
    this.#withdrawn = undefined;
  }

  /** A reply has begun: what was asked for it, if it was asked for. */
  began(): { readonly order: ResponseOrder | undefined; readonly withdrawn: boolean } {
    const withdrawn = this.#withdrawn;
    this.#withdrawn = undefined;
    if (withdrawn) return { order: withdrawn, withdrawn: true };
    const { order } = this;
    this.#open = undefined;
    return { order, withdrawn: false };
  }
}
