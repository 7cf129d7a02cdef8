import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Database, DatabaseFailure } from './database.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any number that no other program uses in the same database. */
const LOCK = { sql: 'select pg_advisory_xact_lock(7275394)' } as const;
const TABLE = {
  sql: `create schema if not exists parley;
create table if not exists parley.migrations (
  version integer primary key,
  name text not null,
  applied_at timestamptz not null default now()
)`,
} as const;
const UNIQUE_VIOLATION = '23505';

/** The files `001-name.sql` and so on, in their order. */
export const migrations = (): readonly Migration[] =>
  readdirSync(FOLDER)
    .filter((file) => /^\d{3}-.*\.sql$/.test(file))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 3)),
      name,
      sql: readFileSync(`${FOLDER}/${name}`, 'utf8'),
    }));

/**
 * Brings the tables to what this program knows; each file is one transaction. Servers that start together wait for each
 * other. Tables of a newer program are refused: an older one would write what the newer does not understand.
 */
export async function migrate(database: Database, files: readonly Migration[] = migrations()): Promise<void> {
  const have = await versionOf(database);
  const know = files.at(-1)?.version ?? 0;
  if (have > know) {
    throw new DatabaseFailure(
      'unavailable',
      `the history was written by a newer version of the program (tables ${have}, known here ${know}): start that one`,
    );
  }
  for (const { version, name, sql } of files) {
    if (version <= have) continue;
    const claim = { sql: 'insert into parley.migrations (version, name) values ($1, $2)', values: [version, name] };
    try {
      await database.run([LOCK, claim, { sql }]);
    } catch (error) {
      // Another server has done this one meanwhile.
      if (DatabaseFailure.from(error).code !== UNIQUE_VIOLATION || (await versionOf(database)) < version) throw error;
    }
  }
}

async function versionOf(database: Database): Promise<number> {
  const query = { sql: 'select coalesce(max(version), 0)::int as version from parley.migrations', values: [] };
  const rows = await database.run([LOCK, TABLE, query]);
  return (rows.at(-1)?.[0]?.version as number | undefined) ?? 0;
}
