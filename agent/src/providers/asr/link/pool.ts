import { ProviderError } from '../../../contracts/index.ts';
import { type Clock, raceAbort } from '../../../kernel/index.ts';
import type { Link } from './link.ts';

export interface LinkPoolOptions {
  readonly open: () => Link;
  /** What people call the other side. */
  readonly server: string;
  /** Utterances at one time; what exceeds it is refused. */
  readonly maxLinks: number;
  /** ms that a link serves one utterance after another; 0 where each needs its own. */
  readonly reuseMs: number;
  readonly clock: Clock;
}

/** Links that wait for an utterance; more than one only where several were given back. */
const MAX_SPARES = 2;
/** Between signs of life asked of a spare link. */
const PING_MS = 15_000;
/** After the last utterance: then the spare links are closed, until somebody speaks again. */
const KEEP_WARM_MS = 600_000;
/** Before a spare link that broke is opened again, by how many broke since the last utterance that went well. */
const RESTS_MS = [0, 1000, 4000, 15_000];
/** For a server to answer a good-bye. */
const CLOSE_MS = 1000;

/** WebSockets to one server, one of them open ahead, so that an utterance need not wait for the handshake. */
export class LinkPool {
  readonly #options: LinkPoolOptions;
  readonly #spares: Link[] = [];
  readonly #all = new Map<Link, { readonly since: number }>();
  #busy = 0;
  #deaths = 0;
  #lastUse = 0;
  #cancelRest: (() => void) | undefined;
  #cancelPing: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: LinkPoolOptions) {
    this.#options = options;
  }

  /** Open links, spare and busy, and those on their way out. */
  get size(): number {
    return this.#all.size;
  }

  /**
   * An open link of one's own, until it is given back; `fresh`: none that has waited, as those may be dead by now.
   * Throws BrokenLink, ProviderError or the signal's reason.
   */
  async take(signal: AbortSignal, fresh = false): Promise<Link> {
    signal.throwIfAborted();
    const { server, maxLinks, clock } = this.#options;
    if (this.#closing) throw ProviderError.unavailable('asr', `the connections to ${server} are closed`);
    if (this.#busy >= maxLinks)
      throw ProviderError.rateLimited('asr', `all ${maxLinks} connections to ${server} are in use`);
    this.#lastUse = clock.now();
    const link = (fresh ? undefined : this.#spares.pop()) ?? this.#open();
    this.#busy++;
    try {
      await raceAbort(link.opened, signal);
    } catch (error) {
      this.drop(link);
      throw error;
    }
    this.#warm();
    return link;
  }

  /** The utterance went well. */
  give(link: Link): void {
    const { reuseMs, clock } = this.#options;
    this.#busy--;
    this.#deaths = 0;
    this.#lastUse = clock.now();
    link.listen(undefined);
    const age = clock.now() - (this.#all.get(link)?.since ?? 0);
    if (this.#closing || link.broken || age >= reuseMs || this.#spares.length >= MAX_SPARES) this.#leave(link);
    else this.#keep(link);
  }

  /** The utterance was cut off or failed: who knows what is still on its way. */
  drop(link: Link): void {
    this.#busy--;
    link.listen(undefined);
    link.destroy();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  #open(): Link {
    const link = this.#options.open();
    this.#all.set(link, { since: this.#options.clock.now() });
    void link.ended.then(() => {
      this.#all.delete(link);
      const at = this.#spares.indexOf(link);
      if (at < 0) return;
      this.#spares.splice(at, 1);
      this.#deaths++;
      this.#warm();
    });
    return link;
  }

  /** Sees that one link is open ahead, after a rest where they keep breaking. */
  #warm(): void {
    if (this.#closing || this.#spares.length > 0 || this.#cancelRest || this.#isCold()) return;
    const ms = RESTS_MS[Math.min(this.#deaths, RESTS_MS.length - 1)] as number;
    if (ms === 0) {
      this.#keep(this.#open());
      return;
    }
    this.#cancelRest = this.#options.clock.after(ms, () => {
      this.#cancelRest = undefined;
      if (this.#spares.length === 0) this.#keep(this.#open());
    });
  }

  #keep(link: Link): void {
    this.#spares.push(link);
    this.#watch();
  }

  #watch(): void {
    this.#cancelPing ??= this.#options.clock.after(PING_MS, () => {
      this.#cancelPing = undefined;
      for (const link of [...this.#spares]) {
        if (this.#isCold()) this.#retire(link);
        else if (!link.ping()) link.destroy();
      }
      if (this.#spares.length > 0) this.#watch();
    });
  }

  #isCold(): boolean {
    return this.#options.clock.now() - this.#lastUse >= KEEP_WARM_MS;
  }

  #retire(link: Link): void {
    this.#spares.splice(this.#spares.indexOf(link), 1);
    this.#leave(link);
  }

  #leave(link: Link): void {
    link.close();
    const cancel = this.#options.clock.after(CLOSE_MS, () => link.destroy());
    void link.ended.then(cancel);
  }

  async #shut(): Promise<void> {
    this.#cancelRest?.();
    this.#cancelPing?.();
    const links = [...this.#all.keys()];
    this.#spares.length = 0;
    for (const link of links) link.destroy();
    await Promise.all(links.map(({ ended }) => ended));
  }
}
