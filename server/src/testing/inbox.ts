/** What arrives, kept in order, to be waited for. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #readers: { readonly matches: (item: T) => boolean; readonly take: (item: T) => void }[] = [];

  put(item: T): void {
    const reader = this.#readers.findIndex(({ matches }) => matches(item));
    if (reader === -1) this.#items.push(item);
    else this.#readers.splice(reader, 1)[0]?.take(item);
  }

  /** Takes the first item that matches, now or when it comes. */
  next<S extends T = T>(matches: (item: T) => boolean = () => true): Promise<S> {
    const at = this.#items.findIndex(matches);
    if (at !== -1) return Promise.resolve(this.#items.splice(at, 1)[0] as S);
    return new Promise((resolve) => this.#readers.push({ matches, take: (item) => resolve(item as S) }));
  }

  /** Nobody will ask for what is here. */
  clear(): void {
    this.#items.length = 0;
  }

  /** What is here and was not taken. */
  get waiting(): readonly T[] {
    return this.#items;
  }
}
