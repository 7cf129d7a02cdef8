import type { Clock, Logger } from '../observe/index.ts';
import { type Database, DatabaseFailure, type Statement } from './database.ts';

export interface OutboxOptions {
  readonly log: Logger;
  readonly clock: Clock;
}

/** Rows that wait; when they are so many, new ones are dropped, and those that wait may still change. */
const MOST_WAITING = 20_000;
/** Rows of one transaction. */
const BATCH = 200;
/** What may be late is written within this time, in ms. */
const LAZY_MS = 1000;
/** Waits after the database has failed, in ms; the last one repeats. */
const RETRY_MS = [250, 1000, 4000, 15_000] as const;

/**
 * Rows on their way to the database, by key: a newer version takes the place of one that still waits. Nobody waits for
 * it, and a database that is away costs memory up to the bound.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting = new Map<string, Statement>();
  #database: Database | undefined;
  #writing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #failures = 0;
  #dropped = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** `soon`: at once; otherwise within a second, so that what still changes is not written each time. */
  put(key: string, statement: Statement, { soon }: { soon: boolean }): void {
    if (!this.#waiting.has(key) && this.#waiting.size >= MOST_WAITING) {
      if (this.#dropped++ === 0)
        this.#options.log.error({ waiting: MOST_WAITING }, 'the history is full: rows are lost');
      return;
    }
    this.#waiting.set(key, statement);
    if (this.#failures > 0) return;
    if (soon) this.#write();
    else this.#writeAfter(LAZY_MS);
  }

  /** From now on there is a database. */
  open(database: Database): void {
    this.#database = database;
    this.#write();
  }

  /** Resolves when nothing waits or the database has failed once more. */
  async flush(): Promise<void> {
    while (this.#database && this.#waiting.size > 0) {
      this.#write();
      await this.#writing;
      if (this.#failures > 0) return;
    }
    await this.#writing;
  }

  close(): void {
    this.#cancelTimer?.();
    this.#database = undefined;
    const lost = this.#waiting.size + this.#dropped;
    if (lost > 0) this.#options.log.error({ rows: lost }, 'the history could not be written to its end');
  }

  #writeAfter(ms: number): void {
    this.#cancelTimer ??= this.#options.clock.after(ms, () => {
      this.#cancelTimer = undefined;
      this.#write();
    });
  }

  #write(): void {
    const database = this.#database;
    if (!database || this.#writing || this.#waiting.size === 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#writing = this.#drain(database).finally(() => {
      this.#writing = undefined;
      if (this.#failures === 0) this.#write();
    });
  }

  async #drain(database: Database): Promise<void> {
    while (this.#waiting.size > 0 && this.#database === database) {
      const batch = [...this.#waiting].slice(0, BATCH);
      try {
        await this.#runBatch(database, batch);
        this.#recover();
      } catch (error) {
        return this.#fail(error);
      }
      // What changed meanwhile waits on.
      for (const [key, statement] of batch) if (this.#waiting.get(key) === statement) this.#waiting.delete(key);
    }
  }

  async #runBatch(database: Database, batch: readonly (readonly [string, Statement])[]): Promise<void> {
    try {
      await database.run(batch.map(([, statement]) => statement));
    } catch (error) {
      if (DatabaseFailure.from(error).reason !== 'refused') throw error;
      // One row must not keep the others out: each by itself, and those that will never go in are given up.
      for (const [key, statement] of batch) await this.#runAlone(database, key, statement);
    }
  }

  async #runAlone(database: Database, key: string, statement: Statement): Promise<void> {
    try {
      await database.run([statement]);
    } catch (error) {
      const failure = DatabaseFailure.from(error);
      if (failure.reason !== 'refused') throw error;
      this.#options.log.error({ row: key, code: failure.code }, 'a row of the history was refused and is given up');
    }
  }

  #fail(error: unknown): void {
    const { log } = this.#options;
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]!;
    if (this.#failures++ === 0) {
      log.error({ err: error }, 'the history cannot be written; calls go on, and it is tried again');
    }
    this.#writeAfter(wait);
  }

  #recover(): void {
    if (this.#failures === 0) return;
    this.#options.log.info({ lost: this.#dropped }, 'the history is written again');
    this.#failures = 0;
    this.#dropped = 0;
  }
}
