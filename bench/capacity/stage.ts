import { Child } from '../child.ts';
import type { CallersOrder, Heard } from './callers.ts';
import { type Cost, costOf, threadsOf } from './cost.ts';
import type { Answer, Callers, Order } from './orders.ts';
import type { ThreadProfile } from './profiler.ts';
import type { Mode } from './talk.ts';

export interface StageOptions {
  /** Sections of the server's config. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** So many callers come by WebRTC. */
  readonly encrypted: number;
}

/** What a time of so many calls took. Percentages are of one core. */
export interface Measured {
  readonly calls: number;
  readonly heard: Heard;
  /** The server's process and, apart, its media worker. */
  readonly serverPercent: number;
  readonly mediaPercent: number;
  readonly callersPercent: number;
  /** The busiest threads of the server's process. */
  readonly threads: readonly { readonly name: string; readonly percent: number }[];
  /** At the end, server and media worker together. */
  readonly rssMb: number;
}

const START_PATIENCE_MS = 60_000;
const CALLS_PATIENCE_MS = 180_000;
const BUSY_THREADS = 6;

/** A server and its callers, in processes of their own. */
export class Stage {
  readonly #server: Child;
  readonly #callers: Child;
  readonly #mediaPids: readonly number[];
  readonly #encrypted: number;
  #calls = 0;

  private constructor(server: Child, callers: Child, mediaPids: readonly number[], encrypted: number) {
    this.#server = server;
    this.#callers = callers;
    this.#mediaPids = mediaPids;
    this.#encrypted = encrypted;
  }

  static async open({ config = {}, encrypted }: StageOptions): Promise<Stage> {
    const server = new Child(new URL('./server.ts', import.meta.url), [JSON.stringify(config)]);
    try {
      type Told = { readonly url: string; readonly mediaPids: readonly number[] };
      const { url, mediaPids } = await server.answer<Told>(START_PATIENCE_MS, 'the server');
      const callers = new Child(new URL('./callers.ts', import.meta.url), [url]);
      return new Stage(server, callers, mediaPids, encrypted);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Resolves when so many are in their calls. */
  async call(calls: number, mode: Mode): Promise<void> {
    const encrypted = Math.min(calls, this.#encrypted);
    if (this.#calls < encrypted) {
      await this.#command('encrypted');
      await this.#order({ do: 'call', calls: encrypted, encrypted, mode: 'silent' });
      await this.#command('plain');
    }
    await this.#order({ do: 'call', calls, encrypted, mode });
    this.#calls = calls;
  }

  async measure(ms: number): Promise<Measured> {
    const before = this.#costs();
    const threads = threadsOf(this.#server.pid);
    const from = performance.now();
    const heard = (await this.#order({ do: 'measure', ms })) as Heard;
    const seconds = (performance.now() - from) / 1000;
    const after = this.#costs();
    const percent = (of: (costs: typeof before) => number): number => (100 * (of(after) - of(before))) / seconds;
    const busy = [...threadsOf(this.#server.pid)].map(([name, cpuS]) => ({
      name,
      percent: (100 * (cpuS - (threads.get(name) ?? 0))) / seconds,
    }));
    return {
      calls: this.#calls,
      heard,
      serverPercent: percent(({ server }) => server.cpuS),
      mediaPercent: percent(({ media }) => media.reduce((sum, { cpuS }) => sum + cpuS, 0)),
      callersPercent: percent(({ callers }) => callers.cpuS),
      threads: busy.sort((a, b) => b.percent - a.percent).slice(0, BUSY_THREADS),
      rssMb: after.server.rssMb + after.media.reduce((sum, { rssMb }) => sum + rssMb, 0),
    };
  }

  /** Memory in use, server and media worker together, in MB. */
  async memory(): Promise<number> {
    await this.#command('collect-garbage');
    const { server, media } = this.#costs();
    return server.rssMb + media.reduce((sum, { rssMb }) => sum + rssMb, 0);
  }

  startProfile(): Promise<unknown> {
    return this.#command('start-profile');
  }

  async stopProfile(): Promise<ThreadProfile[]> {
    return (await this.#command('stop-profile')).flatMap((answer) => answer ?? []);
  }

  async close(): Promise<void> {
    await this.#callers.close();
    await this.#server.close();
  }

  async #command(order: Order | Callers): Promise<Answer[]> {
    this.#server.tell(order);
    return (await this.#server.answer<{ done: Answer[] }>(CALLS_PATIENCE_MS, order)).done;
  }

  #costs(): { server: Cost; media: Cost[]; callers: Cost } {
    return {
      server: costOf(this.#server.pid),
      media: this.#mediaPids.map(costOf),
      callers: costOf(this.#callers.pid),
    };
  }

  async #order(order: CallersOrder): Promise<Heard | undefined> {
    this.#callers.tell(order);
    type Done = { ok: true; heard?: Heard } | { ok: false; error: string };
    const done = await this.#callers.answer<Done>(CALLS_PATIENCE_MS, `the end of "${order.do}"`);
    if (!done.ok) throw new Error(done.error);
    return done.heard;
  }
}
