import type { AgentHost, AgentHostOptions, EngineChoice, EngineHealth, SessionSettings } from '@parley/agent';
import { type Clock, type Logger, type Metrics, systemClock } from '../observe/index.ts';
import { type AgentSeat, Refusal, type RoomAgent } from '../rooms/index.ts';
import { Pool } from '../supervise/index.ts';
import { seatAgent } from './seat.ts';
import { Voices } from './voices.ts';

export type StartHost = (options: AgentHostOptions) => Promise<AgentHost>;

export interface AgentHostsOptions {
  readonly startHost: StartHost;
  readonly host: AgentHostOptions;
  /** How many hosts, each on a thread of its own. */
  readonly threads: number;
  readonly settings: SessionSettings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
}

/** All agent hosts: sessions go to the least loaded one; the rooms of a dead one are told, and come again. */
export class AgentHosts {
  readonly voices: Voices;
  readonly #options: AgentHostsOptions;
  readonly #pool: Pool<AgentHost>;
  readonly #seats = new Map<AgentHost, Set<AgentSeat>>();
  #choices: readonly EngineChoice[] = [];

  constructor(options: AgentHostsOptions) {
    const { threads, startHost, host, log, metrics, clock } = options;
    const onFallback: AgentHostOptions['onFallback'] = ({ stage, from }) => {
      metrics.engineFallback(stage, from);
      metrics.incident('fallback', stage);
    };
    this.#options = options;
    this.#pool = new Pool({
      what: 'an agent host',
      size: threads,
      launch: () => startHost({ ...host, onFallback }),
      onDeath: (dead) => this.#abandon(dead),
      log,
      clock,
    });
    this.voices = new Voices((use) => this.#pool.place(use), clock ?? systemClock);
  }

  /** Hosts that are alive. */
  get alive(): number {
    return this.#pool.members.length;
  }

  get ready(): boolean {
    return this.#pool.complete;
  }

  /** Sessions that are open. */
  get load(): number {
    return [...this.#pool.members, ...this.#pool.retiring].reduce((sum, host) => sum + host.load, 0);
  }

  /** How each host keeps up, and how much it carries. */
  get paces(): readonly (AgentHost['pace'] & { readonly sessions: number })[] {
    return this.#pool.members.map(({ pace, load }) => ({ ...pace, sessions: load }));
  }

  /** Which engine serves each stage, and why. */
  get choices(): readonly EngineChoice[] {
    return this.#pool.members[0]?.choices ?? this.#choices;
  }

  /** Every engine once; one that any host passes over is not up. */
  get health(): readonly EngineHealth[] {
    const byName = new Map<string, EngineHealth>();
    for (const health of this.#pool.members.flatMap((host) => host.health)) {
      const key = `${health.stage} ${health.engine}`;
      if (!health.up || !byName.has(key)) byName.set(key, health);
    }
    return [...byName.values()];
  }

  async start(): Promise<void> {
    await this.#pool.start();
    this.#choices = this.choices;
  }

  /** Looks anew which engines are at hand: calls that begin from now on use them, the others go on with what they have. */
  async renew(): Promise<void> {
    await this.#pool.renew();
    this.voices.forget();
    this.#choices = this.choices;
  }

  /** Seats an agent in a room; throws a Refusal where no host is alive. */
  async open(seat: AgentSeat): Promise<RoomAgent> {
    const agent = await this.#pool.place((host) => this.#seatOn(host, seat));
    if (!agent) throw new Refusal('unavailable', 'no agent is available');
    if (seat.past) this.#options.metrics.callReattached();
    return agent;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #seatOn(host: AgentHost, seat: AgentSeat): Promise<RoomAgent> {
    const seats = this.#seatsOf(host);
    // Registered before the session is there: the host may die on the way.
    seats.add(seat);
    try {
      const agent = await seatAgent(host, seat, { ...this.#options, offered: () => this.voices.known() });
      return {
        ...agent,
        close: (reason) => {
          seats.delete(seat);
          return agent.close(reason);
        },
      };
    } catch (cause) {
      seats.delete(seat);
      this.#options.log.error({ err: cause, room: seat.room }, 'an agent session could not be opened');
      throw new Refusal('unavailable', 'the agent could not be started', { cause });
    }
  }

  #seatsOf(host: AgentHost): Set<AgentSeat> {
    const seats = this.#seats.get(host) ?? new Set();
    this.#seats.set(host, seats);
    return seats;
  }

  #abandon(host: AgentHost): void {
    this.#options.metrics.hostDied();
    const seats = [...this.#seatsOf(host)];
    this.#seats.delete(host);
    for (const seat of seats) {
      this.#options.metrics.incident('host-died', 'session');
      seat.onLost();
    }
  }
}
