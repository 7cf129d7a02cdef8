import { type Clock, type Logger, systemClock } from '../observe/index.ts';

/** Something that runs beside the main thread and may die. */
export interface Member {
  /** How much it carries now. */
  readonly load: number;
  onDeath(fn: (error: Error) => void): void;
  close(): Promise<void>;
}

export interface PoolOptions<M extends Member> {
  /** What people call a member, for the log. */
  readonly what: string;
  readonly size: number;
  launch(index: number): Promise<M>;
  /** Told at once, before the next life is started. */
  onDeath?(member: M): void;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Delays before a dead member is started again, in ms; the last one repeats. */
const BACKOFF_MS = [0, 250, 1000, 4000, 10_000] as const;
/** A member that lived this long starts with the first delay again, in ms. */
const SETTLED_MS = 30_000;
/** How long `place` waits where every member is being started again, in ms. */
const PLACE_PATIENCE_MS = 5000;
/** How often a member that was replaced is looked at, whether it carries something still, in ms. */
const RETIRE_MS = 1000;

/** One place of the pool: a member, or the wait for its next life. */
interface Slot<M> {
  readonly index: number;
  member: M | undefined;
  failures: number;
  startedAt: number;
}

/** A fixed number of members; dead ones are started again, later and later while they keep dying. */
export class Pool<M extends Member> {
  readonly #options: PoolOptions<M>;
  readonly #clock: Clock;
  readonly #slots: Slot<M>[];
  readonly #waiting = new Set<() => void>();
  readonly #timers = new Set<() => void>();
  readonly #retiring = new Set<M>();
  /** How many are about to use a member: its load may not show them yet. */
  readonly #using = new WeakMap<M, number>();
  #closing: Promise<void> | undefined;

  constructor(options: PoolOptions<M>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const slot = (_: unknown, index: number): Slot<M> => ({ index, member: undefined, failures: 0, startedAt: 0 });
    this.#slots = Array.from({ length: options.size }, slot);
  }

  /** The members that are alive. */
  get members(): readonly M[] {
    return this.#slots.flatMap(({ member }) => member ?? []);
  }

  get complete(): boolean {
    return this.members.length === this.#slots.length;
  }

  /** Replaced ones that carry something still. */
  get retiring(): readonly M[] {
    return [...this.#retiring];
  }

  /** Starts all members; where one cannot start the others are closed, and its error is thrown. */
  async start(): Promise<void> {
    const starts = await Promise.allSettled(this.#slots.map((slot) => this.#launch(slot)));
    const failed = starts.find((result) => result.status === 'rejected');
    if (!failed) return;
    await this.close();
    throw failed.reason;
  }

  /** Gives `use` the least loaded member, waited for a little where none is alive; undefined where none comes. */
  async place<T>(use: (member: M) => Promise<T>): Promise<T | undefined> {
    if (this.members.length === 0) await this.#nextAlive();
    const [member] = [...this.members].sort((a, b) => this.#loadOf(a) - this.#loadOf(b));
    if (!member) return undefined;
    this.#using.set(member, (this.#using.get(member) ?? 0) + 1);
    try {
      return await use(member);
    } finally {
      this.#using.set(member, (this.#using.get(member) ?? 1) - 1);
    }
  }

  /**
   * Puts a new member in the place of each, one after another. What is placed from then on goes to it; the old one is
   * closed when it carries nothing more. Throws where one cannot start: the rest stay as they are.
   */
  async renew(): Promise<void> {
    for (const slot of this.#slots) {
      if (this.#closing) return;
      const old = slot.member;
      if (!old) continue; // its next life is a new one anyway
      await this.#launch(slot);
      if (slot.member === old) continue; // closed meanwhile
      this.#retiring.add(old);
      this.#retire(old);
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    this.#wake();
    const members = [...this.members, ...this.#retiring];
    this.#retiring.clear();
    for (const slot of this.#slots) slot.member = undefined;
    await Promise.all(members.map((member) => member.close()));
  }

  async #launch(slot: Slot<M>): Promise<void> {
    const member = await this.#options.launch(slot.index);
    if (this.#closing) return member.close();
    slot.member = member;
    slot.startedAt = this.#clock.now();
    member.onDeath((error) => this.#bury(slot, member, error));
    this.#wake();
  }

  #loadOf(member: M): number {
    return member.load + (this.#using.get(member) ?? 0);
  }

  #retire(member: M): void {
    const cancel = this.#clock.after(RETIRE_MS, () => {
      this.#timers.delete(cancel);
      if (!this.#retiring.has(member)) return;
      if (member.load > 0) return this.#retire(member);
      this.#retiring.delete(member);
      void member.close();
    });
    this.#timers.add(cancel);
  }

  #bury(slot: Slot<M>, member: M, error: Error): void {
    if (slot.member !== member) {
      // Nobody follows one that was replaced.
      if (this.#retiring.delete(member)) this.#options.onDeath?.(member);
      return;
    }
    slot.member = undefined;
    if (this.#closing) return;
    if (this.#clock.now() - slot.startedAt >= SETTLED_MS) slot.failures = 0;
    const { what, log, onDeath } = this.#options;
    log.error({ reason: error.message }, `${what} died and is started again`);
    onDeath?.(member);
    this.#relaunch(slot);
  }

  #relaunch(slot: Slot<M>): void {
    const delay = BACKOFF_MS[Math.min(slot.failures, BACKOFF_MS.length - 1)] ?? 0;
    slot.failures += 1;
    const cancel = this.#clock.after(delay, () => {
      this.#timers.delete(cancel);
      this.#launch(slot).catch((error: Error) => {
        if (this.#closing) return;
        const { what, log } = this.#options;
        log.error({ reason: error.message }, `${what} could not be started again; the next attempt follows`);
        this.#relaunch(slot);
      });
    });
    this.#timers.add(cancel);
  }

  #nextAlive(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closing) return resolve();
      const settle = (): void => {
        cancel();
        this.#waiting.delete(settle);
        resolve();
      };
      const cancel = this.#clock.after(PLACE_PATIENCE_MS, settle);
      this.#waiting.add(settle);
    });
  }

  #wake(): void {
    for (const settle of [...this.#waiting]) settle();
  }
}
