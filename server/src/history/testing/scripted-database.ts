import { type Database, DatabaseFailure, type Statement } from '../database.ts';

/** Keeps what it is given, and fails as it is told. */
export class ScriptedDatabase implements Database {
  readonly name = 'a scripted database';
  /** The first value of each statement that went in, transaction by transaction. */
  readonly written: unknown[][] = [];
  /** While set, nothing goes in. */
  away = false;
  /** Values that are refused for what they are. */
  readonly refused = new Set<unknown>();
  /** While set, transactions wait for it. */
  gate: Promise<void> | undefined;

  async run(statements: readonly Statement[]): Promise<readonly (readonly [])[]> {
    await this.gate;
    if (this.away) throw new DatabaseFailure('unavailable', 'away');
    const values = statements.map((statement) => statement.values?.[0]);
    if (values.some((value) => this.refused.has(value))) throw new DatabaseFailure('refused', 'no', { code: '23503' });
    this.written.push(values);
    return statements.map(() => []);
  }

  async close(): Promise<void> {}
}
