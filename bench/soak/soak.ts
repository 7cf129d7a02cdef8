import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { costOf } from '../capacity/cost.ts';
import { slope } from '../capacity/ramp.ts';
import { Child } from '../child.ts';
import { within } from '../within.ts';
import type { Churned, SoakOrder } from './callers.ts';

export interface SoakOptions {
  readonly minutes: number;
  /** Calls at a time. */
  readonly places: number;
  /** Shortest and longest call, in ms. */
  readonly callMs: readonly [number, number];
  /** Of calls that end without a word, 0..1. */
  readonly dropShare: number;
  /** Of calls to each engine that fail, 0..1. */
  readonly faultShare: number;
  /** How long a caller whose connection is lost is waited for, in ms. */
  readonly resumeMs: number;
  /** Between two looks, in ms. */
  readonly lookMs: number;
}

/** What server and media worker held, garbage collected. */
export interface Look {
  /** From the beginning, in ms. */
  readonly at: number;
  readonly mb: number;
  readonly handles: number;
  readonly threads: number;
}

export interface Soaked {
  readonly churned: Churned;
  readonly looks: readonly Look[];
  /** By the line through the looks once all has warmed up. */
  readonly perHour: { readonly mb: number; readonly handles: number; readonly threads: number };
  /** With no calls, when the first had come and gone, and at the end. */
  readonly idle: { readonly before: Look; readonly after: Look };
}

const START_PATIENCE_MS = 60_000;
const PATIENCE_MS = 60_000;
const EMPTY_ROOM_MS = 200;
/** The first calls warm the code up: so much of the time is not in the slope. */
const WARM_SHARE = 0.25;
const WARM_UP_MS = 8000;
const HOUR_MS = 3_600_000;
const LOOK_MS = 100;

/** Calls that come and go, talk, interrupt, drop, with engines that fail, and what that leaves behind. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  process.env.BENCH_FAULT_SHARE = String(options.faultShare);
  const config = { limits: { emptyRoomMs: EMPTY_ROOM_MS, resumeMs: options.resumeMs } };
  const server = new Child(new URL('../capacity/server.ts', import.meta.url), [JSON.stringify(config)]);
  try {
    type Told = { readonly url: string; readonly mediaPids: readonly number[] };
    const { url, mediaPids } = await server.answer<Told>(START_PATIENCE_MS, 'the server');
    return await new Soak(options, server, url, mediaPids).run();
  } finally {
    delete process.env.BENCH_FAULT_SHARE;
    await server.close();
  }
}

class Soak {
  readonly #options: SoakOptions;
  readonly #server: Child;
  readonly #url: string;
  readonly #mediaPids: readonly number[];
  readonly #began = performance.now();

  constructor(options: SoakOptions, server: Child, url: string, mediaPids: readonly number[]) {
    this.#options = options;
    this.#server = server;
    this.#url = url;
    this.#mediaPids = mediaPids;
  }

  async run(): Promise<Soaked> {
    const { minutes, lookMs } = this.#options;
    await this.#churn(async () => void (await pause(WARM_UP_MS)));
    const before = await this.#idle();
    const looks: Look[] = [];
    const end = performance.now() + minutes * 60_000;
    const churned = await this.#churn(async () => {
      while (performance.now() < end) {
        await pause(Math.min(lookMs, Math.max(0, end - performance.now())));
        looks.push(await this.#look());
      }
    });
    const after = await this.#idle();
    const warm = looks.slice(Math.floor(looks.length * WARM_SHARE));
    const perHour = (of: (look: Look) => number): number =>
      warm.length < 2 ? 0 : HOUR_MS * slope(warm.map((look) => [look.at, of(look)] as const));
    return {
      churned,
      looks,
      perHour: {
        mb: perHour(({ mb }) => mb),
        handles: perHour(({ handles }) => handles),
        threads: perHour((l) => l.threads),
      },
      idle: { before, after },
    };
  }

  /** Calls come and go while `meanwhile` lasts. */
  async #churn(meanwhile: () => Promise<void>): Promise<Churned> {
    const { places, callMs, dropShare } = this.#options;
    const callers = new Child(new URL('./callers.ts', import.meta.url), [this.#url]);
    const order = async (what: SoakOrder): Promise<Churned> => {
      callers.tell(what);
      return (await callers.answer<{ churned: Churned }>(PATIENCE_MS, `"${what.do}"`)).churned;
    };
    try {
      await order({ do: 'churn', places, callMs, dropShare });
      await meanwhile();
      return await order({ do: 'stop' });
    } finally {
      await callers.close();
    }
  }

  /** Once the last room is closed. */
  async #idle(): Promise<Look> {
    const empty = async (): Promise<void> => {
      while ((await this.#gauge('parley_rooms')) > 0 || (await this.#gauge('parley_agent_sessions')) > 0)
        await pause(LOOK_MS);
    };
    await within(this.#options.resumeMs + PATIENCE_MS, 'the end of the last room', empty());
    return this.#look();
  }

  async #look(): Promise<Look> {
    this.#server.tell('collect-garbage');
    await this.#server.answer(PATIENCE_MS, 'the garbage');
    const costs = [this.#server.pid, ...this.#mediaPids].map(costOf);
    const sum = (of: (cost: (typeof costs)[number]) => number): number =>
      costs.reduce((all, cost) => all + of(cost), 0);
    return {
      at: performance.now() - this.#began,
      mb: sum(({ rssMb }) => rssMb),
      handles: sum(({ handles }) => handles),
      threads: sum(({ threads }) => threads),
    };
  }

  async #gauge(name: string): Promise<number> {
    // A connection of its own: one that is kept open would be taken for a leak.
    const [answer] = (await once(get(`${this.#url}/metrics`, { agent: false }), 'response')) as [IncomingMessage];
    const metrics = await text(answer);
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  }
}
