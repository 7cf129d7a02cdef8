import type { ChannelEnd, EventChannel } from './event-channel.ts';

/** Connections to one call; more are refused. */
export const MOST_SIDEBANDS = 4;

/** Connections by which servers of the app control one call: each gets what the page gets. Who owns the call closes them. */
export class Sidebands implements EventChannel {
  readonly #channels = new Set<EventChannel>();
  #paused = false;

  get full(): boolean {
    return this.#channels.size >= MOST_SIDEBANDS;
  }

  add(channel: EventChannel): void {
    this.#channels.add(channel);
    if (this.#paused) channel.pause();
  }

  delete(channel: EventChannel): void {
    this.#channels.delete(channel);
  }

  send(text: string): void {
    for (const channel of this.#channels) channel.send(text);
  }

  pause(): void {
    this.#paused = true;
    for (const channel of this.#channels) channel.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const channel of this.#channels) channel.resume();
  }

  close(end: ChannelEnd, reason: string): void {
    for (const channel of this.#channels) channel.close(end, reason);
    this.#channels.clear();
  }
}
