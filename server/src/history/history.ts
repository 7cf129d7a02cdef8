import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '../observe/index.ts';
import type { Registry, Room } from '../rooms/index.ts';
import {
  type CallDetails,
  type CallSearch,
  type CallSummary,
  deleteCall,
  deleteOlder,
  findCall,
  listCalls,
} from './calls.ts';
import { type Database, DatabaseFailure } from './database.ts';
import { EmbeddedDatabase } from './embedded.ts';
import { migrate } from './migrate.ts';
import { Outbox } from './outbox.ts';
import { PostgresServer } from './postgres.ts';
import { Recorder, recordingFile, recordingsOf } from './recording/index.ts';
import { callsCutOff } from './rows.ts';
import { Scribe } from './scribe.ts';

export interface HistoryOptions {
  /** Where it is kept. */
  readonly folder: string;
  /** A PostgreSQL server; absent: an embedded database in the folder. */
  readonly databaseUrl?: string | undefined;
  /** Calls that ended longer ago are deleted; 0: none. */
  readonly keepDays: number;
  readonly log: Logger;
  readonly clock: Clock;
  /** The time of day; tests have their own. */
  readonly today?: () => Date;
}

/** Waits before the database is tried again, in ms; the last one repeats. */
const RETRY_MS = [1000, 4000, 15_000, 60_000] as const;
const SWEEP_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What was said in calls, kept on disk: written as it happens, read over HTTP. Calls never wait for it. */
export class History {
  readonly #options: HistoryOptions;
  readonly #server: string;
  readonly #outbox: Outbox;
  readonly #living = new Set<string>();
  /** Of rooms that are open, and of those whose files are not closed yet. */
  readonly #recorders = new Set<Recorder>();
  #database: Database | undefined;
  #opening: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;
  #attempts = 0;
  #failure = new DatabaseFailure('unavailable', 'the history is being opened: ask again in a moment');
  #closing: Promise<void> | undefined;

  private constructor(options: HistoryOptions, server: string) {
    this.#options = options;
    this.#server = server;
    this.#outbox = new Outbox(options);
  }

  /** Throws where the folder cannot be written. The database is opened by `start`. */
  static in(options: HistoryOptions): History {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    return new History(options, ownName(options.folder));
  }

  /** Writes down what happens in these rooms from now on. */
  watch(rooms: Registry): void {
    rooms.events.on('opened', (room) => this.#follow(room));
  }

  /** Opens the database in the background, and again until it is there; what happens meanwhile waits in memory. */
  start(): void {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
  }

  /** Newest first. `undefined` for a cursor that is none. Like all that follows rejects with a DatabaseFailure. */
  async list(search: CallSearch): Promise<{ calls: CallSummary[]; next: string | undefined } | undefined> {
    return listCalls(await this.#ready(), search);
  }

  async find(id: string): Promise<CallDetails | undefined> {
    return findCall(await this.#ready(), id);
  }

  async delete(id: string): Promise<'deleted' | 'lasts' | 'unknown'> {
    if (this.#living.has(id)) return 'lasts';
    const outcome = await deleteCall(await this.#ready(), id);
    if (outcome === 'deleted') await this.#forgetVoices([id]);
    return outcome;
  }

  /** The file of a caller's recording, where there is one; of the first who joined, where none is named. */
  async recording(id: string, callerId?: string): Promise<string | undefined> {
    const call = await this.find(id);
    if (!call?.recorded) return undefined;
    const files = call.callers
      .filter((caller) => callerId === undefined || caller.callerId === callerId)
      .map((caller) => recordingFile(this.#recordings, id, caller.callerId));
    return files.find((file) => existsSync(file));
  }

  /** Writes what still waits. May be called again. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelSweep?.();
    await Promise.all([...this.#recorders].map((recorder) => recorder.close()));
    await this.#opening;
    await this.#outbox.flush();
    this.#outbox.close();
    await this.#database?.close();
  }

  #follow(room: Room): void {
    const { clock } = this.#options;
    const openedAt = clock.now();
    this.#living.add(room.id);
    room.events.on('closed', () => this.#living.delete(room.id));
    const elapsedMs = (): number => clock.now() - openedAt;
    const { recorded } = room;
    new Scribe(room, { outbox: this.#outbox, server: this.#server, recorded, elapsedMs });
    if (recorded) this.#record(room, elapsedMs);
  }

  #record(room: Room, elapsedMs: () => number): void {
    const { log, clock } = this.#options;
    const recorder = new Recorder(room, { folder: this.#recordings, elapsedMs, log, clock });
    this.#recorders.add(recorder);
    room.events.on('closed', () => void recorder.close().finally(() => this.#recorders.delete(recorder)));
  }

  async #open(): Promise<void> {
    const { folder, databaseUrl, log } = this.#options;
    let database: Database | undefined;
    try {
      database = databaseUrl ? new PostgresServer(databaseUrl) : await EmbeddedDatabase.open(folder);
      await migrate(database);
      await database.run([callsCutOff(this.#server, [...this.#living])]);
      this.#database = database;
      this.#outbox.open(database);
      if (this.#attempts > 0) log.info({ database: database.name }, 'the history is open');
      await this.#sweep();
    } catch (error) {
      if (!this.#database) await database?.close();
      this.#retry(DatabaseFailure.from(error));
    }
  }

  #retry(failure: DatabaseFailure): void {
    const { log, clock } = this.#options;
    this.#failure = failure;
    if (this.#closing) return;
    if (this.#attempts === 0) {
      log.error({ err: failure }, `no history for now, calls go on: ${failure.message}`);
    }
    const ms = RETRY_MS[Math.min(this.#attempts++, RETRY_MS.length - 1)]!;
    this.#cancelRetry = clock.after(ms, () => this.start());
  }

  /** Deletes what is too old, now and each hour. */
  async #sweep(): Promise<void> {
    const { keepDays, clock, log, today = () => new Date() } = this.#options;
    const database = this.#database;
    if (keepDays === 0 || !database || this.#closing) return;
    this.#cancelSweep = clock.after(SWEEP_MS, () => void this.#sweep());
    try {
      const before = new Date(today().getTime() - keepDays * DAY_MS);
      const gone = await deleteOlder(database, before);
      await this.#forgetVoices([...gone, ...(await this.#voicesOlder(before))]);
      if (gone.length > 0) log.info({ calls: gone.length, keepDays }, 'old calls are deleted from the history');
    } catch (error) {
      log.warn({ err: error }, 'old calls could not be deleted from the history');
    }
  }

  /** Also those whose call another server has deleted, or no database ever had. */
  async #voicesOlder(than: Date): Promise<readonly string[]> {
    const calls = await readdir(this.#recordings).catch(() => []);
    const times = await Promise.all(calls.map((call) => lastWrite(recordingsOf(this.#recordings, call))));
    return calls.filter((call, at) => !this.#living.has(call) && times[at]! < than.getTime());
  }

  async #forgetVoices(calls: readonly string[]): Promise<void> {
    for (const call of calls) await rm(recordingsOf(this.#recordings, call), { recursive: true, force: true });
  }

  get #recordings(): string {
    return join(this.#options.folder, 'recordings');
  }

  async #ready(): Promise<Database> {
    await this.#opening;
    if (!this.#database) throw this.#failure;
    return this.#database;
  }
}

/** When a file in the folder was last written to; later than anything where that cannot be seen. */
async function lastWrite(folder: string): Promise<number> {
  try {
    const files = await readdir(folder);
    const times = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs));
    return Math.max(...times, (await stat(folder)).mtimeMs);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Kept with the data, so that several servers can share a database and each knows its own calls. */
function ownName(folder: string): string {
  const file = join(folder, 'server');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const name = randomUUID();
    writeFileSync(file, `${name}\n`, { mode: 0o600 });
    return name;
  }
}
