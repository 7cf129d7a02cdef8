import type { AgentEvent } from './agent-port.ts';

export type Caption = Extract<AgentEvent, { type: 'transcript' | 'reply-text' }>;

/** Lines kept for who comes later; the oldest go first. */
const MOST_CAPTIONS = 60;
/** Characters of all of them together: what a caller is told at once. */
const MOST_CHARACTERS = 30_000;

/** The last lines of a conversation, each as it was told last. */
export class Captions {
  readonly #lines = new Map<string, Caption>();

  /** Events that are no lines are passed over. */
  hear(event: AgentEvent): void {
    if (event.type !== 'transcript' && event.type !== 'reply-text') return;
    const key = event.type === 'transcript' ? `${event.turn} ${event.callerId}` : `reply ${event.reply}`;
    // What was taken back is no line.
    if (event.final && event.text === '') this.#lines.delete(key);
    else this.#lines.set(key, event);
    while (this.#isTooLong()) this.#lines.delete(this.#lines.keys().next().value as string);
  }

  /** Oldest first. */
  get lines(): readonly Caption[] {
    return [...this.#lines.values()];
  }

  #isTooLong(): boolean {
    if (this.#lines.size > MOST_CAPTIONS) return true;
    const characters = this.lines.reduce((sum, { text }) => sum + text.length, 0);
    return characters > MOST_CHARACTERS && this.#lines.size > 1;
  }
}
