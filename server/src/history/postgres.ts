import pg from 'pg';
import { type Database, DatabaseFailure, type Row, type Statement } from './database.ts';

/** Writing is one transaction at a time; the others read. */
const CONNECTIONS = 4;
/** How long a connection may take to come about, and a statement to be answered, in ms. */
const CONNECT_MS = 5000;
const STATEMENT_MS = 15_000;

/** A PostgreSQL server by its URL. It is reached for when it is first asked, and again after it was away. */
export class PostgresServer implements Database {
  readonly name = 'PostgreSQL';
  readonly #pool: pg.Pool;
  #closing: Promise<void> | undefined;

  constructor(url: string) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      application_name: 'parley',
    });
    // A connection that is lost while nobody uses it: the next question opens another.
    this.#pool.on('error', () => {});
  }

  async run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const client = await this.#pool.connect().catch((error) => {
      throw new DatabaseFailure('unavailable', DatabaseFailure.from(error).message, { cause: error });
    });
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query('begin');
      const rows: Row[][] = [];
      for (const { sql, values } of statements) rows.push((await client.query(sql, values && [...values])).rows ?? []);
      await client.query('commit');
      return rows;
    } catch (error) {
      const failure = DatabaseFailure.from(error);
      if (failure.code) await client.query('rollback').catch(onError);
      else broken = failure;
      throw failure;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#pool.end());
  }
}
