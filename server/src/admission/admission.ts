import { type Clock, type Logger, systemClock } from '../observe/index.ts';

/** How the server's threads kept up over the last second. */
export interface Paces {
  /** Of the thread that does signaling, in ms. */
  readonly mainLateMs: number;
  /** Of the threads that hear and speak; `busy` is 0..1. */
  readonly agents: readonly { readonly busy: number; readonly lateMs: number; readonly sessions: number }[];
}

export interface AdmissionOptions {
  /** Load beyond which no new calls are taken, 0..1; 0: always taken. */
  readonly maxLoad: number;
  readonly read: () => Paces;
  /** How many calls there are just now, those included that are being opened. */
  readonly calls: () => number;
  /** A call was refused. */
  readonly onRefused?: () => void;
  readonly log: Logger;
  readonly clock?: Clock;
}

const EACH_MS = 1000;
/** How much of what is known of the load is the last second's: one bad second refuses nobody. */
const WEIGHT = 0.3;
/** Once calls are refused, the load must have fallen by so much before the next one is taken. */
const SLACK = 0.1;
/** An agent's thread as late as this is full, in ms: listeners begin to miss what they are to play. */
const FULL_AGENT_LATE_MS = 40;
/** So is the thread of signaling, in ms: it is noticed later. */
const FULL_MAIN_LATE_MS = 200;
/** Calls that have just been taken are not in the measured load yet, for so long, in ms. */
const UNMEASURED_MS = 5000;
/** So few calls on a thread are never too many: what is slow then is something else. */
const FREE_CALLS = 8;
/** What a call takes of its thread, where too few are there to tell. */
const GUESSED_SHARE = 0.015;
/** Less than this is a thread that rests, and says nothing of what fits. */
const LEAST_SHARE = 0.002;

/**
 * Takes calls while the threads keep up, and refuses new ones before those that run are harmed. The load of a thread is
 * the greater of how busy and how late it is; calls that were taken a moment ago count by what others take.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #clock: Clock;
  /** When calls were taken that the load does not show yet. */
  #taken: number[] = [];
  #load = 0;
  /** What a call takes of its thread. */
  #share = GUESSED_SHARE;
  #sessions = 0;
  #threads = 1;
  #full = false;
  #cancel: (() => void) | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  start(): void {
    this.#cancel = this.#clock.after(EACH_MS, () => {
      this.#look();
      this.start();
    });
  }

  close(): void {
    this.#cancel?.();
  }

  /** Of the thread that is worst off, smoothed over some seconds; 1 is full. */
  get load(): number {
    return this.#load;
  }

  /** How many calls the server can carry in all, as it looks now. */
  get capacity(): number {
    const room = Math.max(0, (this.#options.maxLoad || 1) - this.#load);
    return Math.floor(this.#sessions + (room / Math.max(LEAST_SHARE, this.#share)) * this.#threads);
  }

  /** Why no call is taken just now, for whoever sends callers here; undefined where one is. */
  get overload(): string | undefined {
    const { maxLoad } = this.#options;
    const calls = this.#options.calls();
    if (maxLoad === 0 || calls < FREE_CALLS * this.#threads) return undefined;
    // Some may have ended already.
    const coming = this.#load + (Math.min(calls, this.#unmeasured()) * this.#share) / this.#threads;
    if (!this.#full && coming < maxLoad) return undefined;
    return 'the server carries as many calls as it can without harming them; try again in a minute';
  }

  /** Asks for one more call: the reason where it is refused, undefined where it is taken. */
  admit(): string | undefined {
    const overload = this.overload;
    if (overload === undefined) this.#taken.push(this.#clock.now());
    else this.#options.onRefused?.();
    return overload;
  }

  #unmeasured(): number {
    const since = this.#clock.now() - UNMEASURED_MS;
    this.#taken = this.#taken.filter((at) => at > since);
    return this.#taken.length;
  }

  #look(): void {
    const { read, maxLoad, log } = this.#options;
    const { mainLateMs, agents } = read();
    const busy = Math.max(0, ...agents.map((agent) => agent.busy));
    const late = Math.max(0, ...agents.map(({ lateMs }) => lateMs)) / FULL_AGENT_LATE_MS;
    const now = Math.max(busy, late, mainLateMs / FULL_MAIN_LATE_MS);
    this.#load += WEIGHT * (Math.min(now, 1) - this.#load);
    this.#threads = Math.max(1, agents.length);
    this.#sessions = agents.reduce((sum, { sessions }) => sum + sessions, 0);
    if (this.#sessions >= FREE_CALLS * this.#threads) {
      this.#share += WEIGHT * ((busy * this.#threads) / this.#sessions - this.#share);
    }
    const full = maxLoad > 0 && this.#load >= (this.#full ? maxLoad - SLACK : maxLoad);
    if (full !== this.#full) {
      const figures = { load: round2(this.#load), calls: this.#sessions };
      if (full) log.warn(figures, 'as many calls as the server can carry: new ones are refused for now');
      else log.info(figures, 'new calls are taken again');
    }
    this.#full = full;
  }
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
