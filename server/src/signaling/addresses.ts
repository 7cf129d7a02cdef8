import { countedAs, isThisMachine, type Sender } from '../access/index.ts';

/** How many connections each address has; this machine has as many as it likes. */
export class Addresses {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  isFree(sender: Sender): boolean {
    return isThisMachine(sender) || (this.#counts.get(countedAs(sender.ip)) ?? 0) < this.#most;
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
