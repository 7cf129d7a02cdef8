import type { ServerEvent } from '../protocol.ts';

type OfType<Type extends ServerEvent['type']> = Extract<ServerEvent, { type: Type }>;

/** The events that a client has got, and a way to wait for them. */
export class Recorded {
  readonly events: ServerEvent[] = [];
  readonly #waiting = new Set<() => void>();

  readonly put = (event: ServerEvent): void => {
    this.events.push(event);
    for (const check of [...this.#waiting]) check();
  };

  of<Type extends ServerEvent['type']>(type: Type): OfType<Type>[] {
    return this.events.filter((event): event is OfType<Type> => event.type === type);
  }

  /** The `count`th of a type, past or to come. */
  until<Type extends ServerEvent['type']>(type: Type, count = 1): Promise<OfType<Type>> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.of(type)[count - 1];
        if (!found) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Their types in order, a run of the same one once, from the event at `from` on. */
  order(from = 0): string[] {
    return this.events
      .slice(from)
      .map(({ type }) => type as string)
      .filter((type, i, all) => type !== all[i - 1]);
  }
}
