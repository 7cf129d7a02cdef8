import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { postgresPrograms, TestPostgres } from './postgres.ts';

/** Where a history may be kept: one folder for the embedded database, or a URL too. */
export interface Place {
  readonly folder: string;
  readonly databaseUrl?: string;
}

export interface Places {
  /** Not used before. */
  fresh(): Place;
  close(): Promise<void>;
}

/** Runs the same tests on the embedded database and on a real PostgreSQL; where there is none, says that it skips them. */
export function onBothDatabases(name: string, suite: (open: () => Promise<Places>) => void): void {
  describe(`${name}, in the embedded database`, () => suite(embedded));
  const programs = postgresPrograms();
  if (programs === undefined) {
    describe(`${name}, in PostgreSQL`, () => {
      test.skip('is not tried: there is no PostgreSQL on this machine', () => {});
    });
    return;
  }
  describe(`${name}, in PostgreSQL`, () => suite(() => server(programs)));
}

async function embedded(): Promise<Places> {
  const folders: string[] = [];
  return {
    fresh: () => ({ folder: makeFolder(folders) }),
    close: async () => removeAll(folders),
  };
}

async function server(programs: string): Promise<Places> {
  const folders: string[] = [];
  const postgres = await TestPostgres.start(programs);
  return {
    fresh: () => ({ folder: makeFolder(folders), databaseUrl: postgres.create() }),
    close: async () => {
      await postgres.stop();
      removeAll(folders);
    },
  };
}

function makeFolder(folders: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-history-'));
  folders.push(folder);
  return folder;
}

const removeAll = (folders: readonly string[]): void => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};
