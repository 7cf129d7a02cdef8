/** SQL with `$1`, `$2` ... for its values. Without values it may be a script of several statements. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly (string | number | boolean | null)[];
}

export type Row = Readonly<Record<string, unknown>>;

/** A PostgreSQL, embedded or a server: all that the history asks of it. */
export interface Database {
  /** What it is, for the log. */
  readonly name: string;
  /** Runs them in their order in one transaction; the rows of each. Rejects with a DatabaseFailure. */
  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
  /** May be called again. */
  close(): Promise<void>;
}

/** `refused`: these statements will never work. `unavailable`: the database is not there, or is gone. */
export type DatabaseReason = 'refused' | 'unavailable' | 'in-use';

export class DatabaseFailure extends Error {
  readonly reason: DatabaseReason;
  /** PostgreSQL's own code, where it gave one. */
  readonly code: string | undefined;

  constructor(reason: DatabaseReason, message: string, options: ErrorOptions & { readonly code?: string } = {}) {
    super(message, options);
    this.name = 'DatabaseFailure';
    this.reason = reason;
    this.code = options.code;
  }

  /** Of what a driver throws. Classes 08, 53, 57, 58 and XX are the server's troubles, the others the statement's. */
  static from(error: unknown): DatabaseFailure {
    if (error instanceof DatabaseFailure) return error;
    const { code, message } = error as { code?: unknown; message?: unknown };
    const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
    const ofStatement = state !== undefined && !/^(08|25|28|3D|40|53|57|58|XX|42501)/.test(state);
    const text = String(message || code || error);
    return new DatabaseFailure(ofStatement ? 'refused' : 'unavailable', text, { cause: error, code: state });
  }
}
