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
/** What is settled is written within this time, in ms: one transaction for many calls costs half of one for each... */
const SOON_MS = 250;
/** ...and what still changes within this. */
const LAZY_MS = 3000;
/** What is due so soon goes along, in ms. */
const ALONG_MS = 500;
/** Waits after the database has failed, in ms; the last one repeats. */
const RETRY_MS = [250, 1000, 4000, 15_000] as const;

interface Waiting {
  readonly statement: Statement;
  /** Clock's ms from which on it is to be written. */
  readonly due: number;
}

/**
 * Rows on their way to the database, by key: a newer version takes the place of one that still waits. Nobody waits for
 * it, and a database that is away costs memory up to the bound.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #waiting = new Map<string, Waiting>();
  #database: Database | undefined;
  #writing: Promise<void> | undefined;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #failures = 0;
  #dropped = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** `soon`: within 250 ms; otherwise within three seconds, so that what still changes is not written each time. */
  put(key: string, statement: Statement, { soon }: { soon: boolean }): void {
    const before = this.#waiting.get(key);
    if (!before && this.#waiting.size >= MOST_WAITING) {
      if (this.#dropped++ === 0)
        this.#options.log.error({ waiting: MOST_WAITING }, 'the history is full: rows are lost');
      return;
    }
    const ms = soon ? SOON_MS : LAZY_MS;
    const due = this.#options.clock.now() + ms;
    this.#waiting.set(key, { statement, due: Math.min(due, before?.due ?? due) });
    if (this.#failures === 0) this.#writeAfter(ms);
  }

  /** From now on there is a database. */
  open(database: Database): void {
    this.#database = database;
    this.#write(Number.POSITIVE_INFINITY);
  }

  /** Resolves when nothing waits or the database has failed once more. */
  async flush(): Promise<void> {
    while (this.#database && this.#waiting.size > 0) {
      this.#write(Number.POSITIVE_INFINITY);
      await this.#writing;
      if (this.#failures > 0) return;
    }
    await this.#writing;
  }

  close(): void {
    this.#timer?.cancel();
    this.#database = undefined;
    const lost = this.#waiting.size + this.#dropped;
    if (lost > 0) this.#options.log.error({ rows: lost }, 'the history could not be written to its end');
  }

  #writeAfter(ms: number): void {
    const { clock } = this.#options;
    const at = clock.now() + ms;
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const cancel = clock.after(ms, () => {
      this.#timer = undefined;
      this.#write();
    });
    this.#timer = { at, cancel };
  }

  /** What is due by then; the others have their time. */
  #write(until = this.#options.clock.now() + ALONG_MS): void {
    const database = this.#database;
    if (!database || this.#writing || this.#waiting.size === 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing = this.#drain(database, until).finally(() => {
      this.#writing = undefined;
      if (this.#failures === 0) this.#writeNext();
    });
  }

  #writeNext(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { due } of this.#waiting.values()) next = Math.min(next, due);
    if (next < Number.POSITIVE_INFINITY) this.#writeAfter(Math.max(0, next - this.#options.clock.now()));
  }

  async #drain(database: Database, until: number): Promise<void> {
    while (this.#database === database) {
      const batch = this.#dueBy(until);
      if (batch.length === 0) return;
      try {
        await this.#runBatch(database, batch);
        this.#recover();
      } catch (error) {
        return this.#fail(error);
      }
      // What changed meanwhile waits on.
      for (const [key, row] of batch) if (this.#waiting.get(key) === row) this.#waiting.delete(key);
    }
  }

  #dueBy(until: number): (readonly [string, Waiting])[] {
    const batch: (readonly [string, Waiting])[] = [];
    for (const row of this.#waiting) {
      if (row[1].due <= until) batch.push(row);
      if (batch.length === BATCH) break;
    }
    return batch;
  }

  async #runBatch(database: Database, batch: readonly (readonly [string, Waiting])[]): Promise<void> {
    try {
      await database.run(batch.map(([, { statement }]) => statement));
    } catch (error) {
      if (DatabaseFailure.from(error).reason !== 'refused') throw error;
      // One row must not keep the others out: each by itself, and those that will never go in are given up.
      for (const [key, { statement }] of batch) await this.#runAlone(database, key, statement);
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
