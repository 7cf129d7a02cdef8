import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Database, DatabaseFailure, type Row, type Statement } from './database.ts';
import { FolderLock } from './folder-lock.ts';

export type Question =
  | { readonly type: 'run'; readonly id: number; readonly statements: readonly Statement[] }
  | { readonly type: 'close'; readonly id: number };

export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'rows'; readonly id: number; readonly rows: Row[][] }
  | { readonly type: 'failed'; readonly id: number; readonly code?: string; readonly message: string };

interface Waiting {
  resolve(rows: Row[][]): void;
  reject(failure: DatabaseFailure): void;
}

/** PostgreSQL as WebAssembly (PGlite) on a thread of its own, in a folder that no other process may use. */
export class EmbeddedDatabase implements Database {
  readonly name = 'the embedded database';
  readonly #worker: Worker;
  readonly #lock: FolderLock;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #failure: DatabaseFailure | undefined;
  #closing: Promise<void> | undefined;

  private constructor(worker: Worker, lock: FolderLock) {
    this.#worker = worker;
    this.#lock = lock;
  }

  /** Takes seconds where the folder is new. Rejects with a DatabaseFailure. */
  static async open(folder: string): Promise<EmbeddedDatabase> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = await FolderLock.take(folder);
    const data = join(folder, 'database');
    try {
      if (!existsSync(data)) await EmbeddedDatabase.#make(data, lock);
      return await EmbeddedDatabase.#begin(data, lock);
    } catch (error) {
      await lock.release();
      throw DatabaseFailure.from(error);
    }
  }

  /** A server that is killed while it does so must not leave half a database behind. */
  static async #make(data: string, lock: FolderLock): Promise<void> {
    const draft = `${data}.making`;
    rmSync(draft, { recursive: true, force: true });
    const database = await EmbeddedDatabase.#begin(draft, lock);
    // Making it took memory that its thread would keep: that thread ends, and another one goes on.
    await database.#end();
    renameSync(draft, data);
  }

  static async #begin(data: string, lock: FolderLock): Promise<EmbeddedDatabase> {
    const worker = new Worker(new URL('./embedded-thread.ts', import.meta.url), { workerData: { folder: data } });
    const database = new EmbeddedDatabase(worker, lock);
    try {
      await database.#start();
      return database;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    return this.#ask((id) => ({ type: 'run', id, statements }));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    await this.#end();
    await this.#lock.release();
  }

  /** What was asked before is answered before. */
  async #end(): Promise<void> {
    await this.#ask((id) => ({ type: 'close', id })).catch(() => {});
    await this.#worker.terminate();
  }

  #ask(question: (id: number) => Question): Promise<Row[][]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(question(id));
    });
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#lose(error);
        reject(error);
      };
      this.#worker.on('error', fail);
      this.#worker.on('exit', (code) => fail(new Error(`the thread of the embedded database ended (${code})`)));
      this.#worker.on('message', (answer: Answer) => (answer.type === 'ready' ? resolve() : this.#answer(answer)));
    });
  }

  #answer(answer: Exclude<Answer, { type: 'ready' }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === 'rows') waiting?.resolve(answer.rows);
    else waiting?.reject(DatabaseFailure.from(answer));
  }

  #lose(cause: Error): void {
    this.#failure ??= new DatabaseFailure('unavailable', `the embedded database is gone: ${cause.message}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
