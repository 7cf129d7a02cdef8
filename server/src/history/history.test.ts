import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { createLogger } from '../observe/index.ts';
import type { Database } from './database.ts';
import { EmbeddedDatabase } from './embedded.ts';
import { FolderLock } from './folder-lock.ts';
import { History } from './history.ts';
import { migrate, migrations } from './migrate.ts';
import { PostgresServer } from './postgres.ts';
import { callEnded, callerJoined, callOpened } from './rows.ts';
import { onBothDatabases, type Place, type Places } from './testing/databases.ts';

/** Making an embedded database takes seconds. */
jest.setTimeout(120_000);

const OLD = { id: '00000000-0000-4000-8000-000000000001', name: 'old', openedAt: new Date('2030-01-01T10:00:00Z') };
const NEW = { id: '00000000-0000-4000-8000-000000000002', name: 'new', openedAt: new Date('2030-03-20T10:00:00Z') };
const OPEN = { id: '00000000-0000-4000-8000-000000000003', name: 'open', openedAt: new Date('2030-01-01T10:00:00Z') };

const openAt = ({ folder, databaseUrl }: Place): Promise<Database> =>
  databaseUrl ? Promise.resolve(new PostgresServer(databaseUrl)) : EmbeddedDatabase.open(folder);

onBothDatabases('what is kept', (open) => {
  let places: Places;
  let place: Place;
  beforeAll(async () => {
    places = await open();
    place = places.fresh();
  });
  afterAll(() => places.close());

  test('is put into tables that are made once, by whichever server comes first', async () => {
    const database = await openAt(place);
    await Promise.all([migrate(database), migrate(database)]);
    await migrate(database);
    const [rows = []] = await database.run([{ sql: 'select version, name from parley.migrations', values: [] }]);
    expect(rows).toEqual(migrations().map(({ version, name }) => ({ version, name })));
    await database.close();
  });

  test('of a newer program is not touched, nor is anything left of a migration that fails', async () => {
    const database = await openAt(place);
    const broken = { version: 2, name: '002-broken.sql', sql: 'create table parley.half (a int); select 1 / 0' };
    await expect(migrate(database, [...migrations(), broken])).rejects.toMatchObject({ reason: 'refused' });
    const half = { sql: "select to_regclass('parley.half') as half", values: [] };
    expect((await database.run([half]))[0]).toEqual([{ half: null }]);
    const newer = { version: 2, name: '002-newer.sql', sql: 'create table parley.newer (a int)' };
    await migrate(database, [...migrations(), newer]);
    await expect(migrate(database)).rejects.toThrow('was written by a newer version');
    await database.run([{ sql: 'drop table parley.newer; delete from parley.migrations where version = 2' }]);
    await database.close();
  });

  test('goes when it is older than history.keepDays, and not while the call lasts', async () => {
    const database = await openAt(place);
    const who = { server: 'another server', recorded: false };
    for (const call of [OLD, NEW, OPEN]) {
      await database.run([callOpened({ ...call, engines: [] }, who), callerJoined(call.id, 'somebody', undefined, 0)]);
    }
    for (const { id } of [OLD, NEW]) await database.run([callEnded(id, 'room-closed', 1000)]);
    await database.close();
    const voices = join(place.folder, 'recordings');
    const orphan = '00000000-0000-4000-8000-000000000009';
    for (const [call, at] of [
      [OLD.id, NEW.openedAt],
      [orphan, OLD.openedAt],
      [NEW.id, NEW.openedAt],
    ] as const) {
      mkdirSync(join(voices, call), { recursive: true });
      writeFileSync(join(voices, call, 'caller.ogg'), 'OggS');
      for (const path of [join(voices, call, 'caller.ogg'), join(voices, call)]) utimesSync(path, at, at);
    }

    const history = History.in({
      ...place,
      keepDays: 30,
      log: createLogger({ level: 'silent', format: 'json' }),
      clock: new ManualClock(),
      today: () => new Date('2030-04-01T00:00:00Z'),
    });
    history.start();
    const page = await history.list({ limit: 10 });
    expect(page?.calls.map(({ room }) => room)).toEqual(['new', 'open']);
    await history.close();
    // Nor does a recording outlive them that no call knows of.
    expect(readdirSync(voices)).toEqual([NEW.id]);
  });
});

describe('a folder', () => {
  const folders: string[] = [];
  const fresh = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-lock-'));
    folders.push(folder);
    return folder;
  };
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  test('has one server at a time', async () => {
    const folder = fresh();
    const first = await FolderLock.take(folder);
    await expect(FolderLock.take(folder)).rejects.toMatchObject({ reason: 'in-use' });
    await first.release();
    const second = await FolderLock.take(folder);
    await second.release();
  });

  test('with a name too long for a socket is locked, too', async () => {
    const folder = join(fresh(), 'x'.repeat(120));
    const first = await FolderLock.take(folder);
    await expect(FolderLock.take(folder)).rejects.toMatchObject({ reason: 'in-use' });
    await first.release();
  });
});
