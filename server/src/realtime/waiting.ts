import type { EventSink } from './event-channel.ts';

/** A message as it came, and who is told what is wrong with it. */
export interface Message {
  readonly data: string;
  readonly from: EventSink;
}

const MOST_MESSAGES = 1000;
const MOST_CHARACTERS = 20_000_000;

/** What is said while the room is opened; who says more is turned away. */
export class Waiting {
  readonly #messages: Message[] = [];
  #characters = 0;

  /** False where it is too much. */
  put(message: Message): boolean {
    this.#characters += message.data.length;
    return this.#messages.push(message) <= MOST_MESSAGES && this.#characters <= MOST_CHARACTERS;
  }

  [Symbol.iterator](): Iterator<Message> {
    return this.#messages[Symbol.iterator]();
  }
}
