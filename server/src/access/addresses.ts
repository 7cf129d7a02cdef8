import type { Access } from './access.ts';
import { countedAs, type Sender } from './address.ts';

/** How many connections each address has; this machine has as many as it likes. */
export class Addresses {
  readonly #access: Access;
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(access: Access, most: number) {
    this.#access = access;
    this.#most = most;
  }

  isFree(sender: Sender): boolean {
    return this.#access.isHere(sender) || (this.#counts.get(countedAs(sender.ip)) ?? 0) < this.#most;
  }

  /** Counts a connection; the function that is returned takes it back. */
  add({ ip }: Sender): () => void {
    const address = countedAs(ip);
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
    return () => {
      const left = (this.#counts.get(address) ?? 1) - 1;
      if (left > 0) this.#counts.set(address, left);
      else this.#counts.delete(address);
    };
  }
}
