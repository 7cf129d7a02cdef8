import { freshId, type Item, RealtimeError } from './protocol.ts';

/** Items that are remembered; the oldest go first. */
const MOST_ITEMS = 500;

/** An item, and where it comes from. */
export interface Entry {
  item: Item & { id: string };
  /** The turn in which it was said. */
  turn?: number;
  /** The agent's voice: which part of which reply, and how much of it was sent so far. */
  voice?: { readonly reply: number; readonly fromMs: number; readonly fromText: number; sentMs: number };
  /** It is not yet known to the agent: the next response answers it. */
  pending?: string;
}

/** The items in their order. */
export class Conversation {
  readonly id = freshId('conv');
  readonly #entries: Entry[] = [];

  /** Where it came in is told by the id of the item before; null: it is the first. Throws where `after` is unknown. */
  add(entry: Entry, after?: string | null): string | null {
    if (this.find(entry.item.id))
      throw new RealtimeError('item_already_exists', 'there is an item of this id', 'item.id');
    const at = this.#placeAfter(after);
    this.#entries.splice(at, 0, entry);
    if (this.#entries.length > MOST_ITEMS) this.#entries.shift();
    return this.before(entry);
  }

  before(entry: Entry): string | null {
    return this.#entries[this.#entries.indexOf(entry) - 1]?.item.id ?? null;
  }

  get last(): string | null {
    return this.#entries.at(-1)?.item.id ?? null;
  }

  find(id: string): Entry | undefined {
    return this.#entries.find(({ item }) => item.id === id);
  }

  /** Throws a RealtimeError where there is none. */
  get(id: string): Entry {
    const entry = this.find(id);
    if (!entry) throw new RealtimeError('item_not_found', `there is no item ${id}`, 'item_id');
    return entry;
  }

  delete(id: string): void {
    const at = this.#entries.findIndex(({ item }) => item.id === id);
    if (at >= 0) this.#entries.splice(at, 1);
  }

  /** What waits for the next response, in order. */
  get pending(): Entry[] {
    return this.#entries.filter(({ pending }) => pending !== undefined);
  }

  #placeAfter(after: string | null | undefined): number {
    if (after === undefined || after === null) return this.#entries.length;
    if (after === 'root') return 0;
    const at = this.#entries.findIndex(({ item }) => item.id === after);
    if (at < 0) throw new RealtimeError('item_not_found', `there is no item ${after}`, 'previous_item_id');
    return at + 1;
  }
}
