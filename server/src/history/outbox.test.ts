import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock, settle } from '@parley/agent/testing';
import { createLogger } from '../observe/index.ts';
import type { Statement } from './database.ts';
import { Outbox } from './outbox.ts';
import { ScriptedDatabase } from './testing/scripted-database.ts';

const row = (value: string): Statement => ({ sql: 'insert', values: [value] });
const soon = { soon: true } as const;

describe('rows on their way to the database', () => {
  let clock: ManualClock;
  let database: ScriptedDatabase;
  let outbox: Outbox;
  let logged: string[];
  beforeEach(() => {
    clock = new ManualClock();
    database = new ScriptedDatabase();
    logged = [];
    const write = (line: string): void => void logged.push(JSON.parse(line).msg);
    outbox = new Outbox({ clock, log: createLogger({ level: 'info', format: 'json' }, { write }) });
  });

  test('go in together and in their order once there is a database', async () => {
    outbox.put('a', row('a'), soon);
    outbox.put('b', row('b'), soon);
    outbox.open(database);
    await outbox.flush();
    expect(database.written).toEqual([['a', 'b']]);
  });

  test('are written once where they change often, within three seconds', async () => {
    outbox.open(database);
    for (const text of ['It', 'It is', 'It is ten']) outbox.put('a', row(text), { soon: false });
    expect(database.written).toEqual([]);
    await clock.advance(3000);
    await outbox.flush();
    expect(database.written).toEqual([['It is ten']]);
  });

  test('that are settled do not wait for those that still change, nor take them along', async () => {
    outbox.open(database);
    outbox.put('a', row('so far'), { soon: false });
    for (const value of ['b', 'c']) outbox.put(value, row(value), soon);
    await clock.advance(250);
    await settle();
    expect(database.written).toEqual([['b', 'c']]);
    await clock.advance(2750);
    await settle();
    expect(database.written).toEqual([['b', 'c'], ['so far']]);
  });

  test('that change while they are being written are written again', async () => {
    const gate = Promise.withResolvers<void>();
    database.gate = gate.promise;
    outbox.open(database);
    outbox.put('a', row('early'), soon);
    await clock.advance(250);
    outbox.put('a', row('late'), soon);
    gate.resolve();
    await outbox.flush();
    expect(database.written).toEqual([['early'], ['late']]);
    expect(outbox.waiting).toBe(0);
  });

  test('wait through an outage that is logged once, and go in after it', async () => {
    outbox.open(database);
    database.away = true;
    outbox.put('a', row('a'), soon);
    await outbox.flush();
    for (const wait of [250, 1000, 4000]) {
      await clock.advance(wait);
      await outbox.flush();
    }
    outbox.put('b', row('b'), soon);
    database.away = false;
    await clock.advance(15_000);
    await outbox.flush();
    expect(database.written).toEqual([['a', 'b']]);
    expect(logged).toEqual([
      'the history cannot be written; calls go on, and it is tried again',
      'the history is written again',
    ]);
  });

  test('that are refused keep no other out', async () => {
    database.refused.add('bad');
    for (const value of ['a', 'bad', 'b']) outbox.put(value, row(value), soon);
    outbox.open(database);
    await outbox.flush();
    expect(database.written).toEqual([['a'], ['b']]);
    expect(logged).toEqual(['a row of the history was refused and is given up']);
  });

  test('beyond the bound are dropped; those that wait may still change', async () => {
    for (let n = 0; n < 20_001; n++) outbox.put(`${n}`, row(`${n}`), soon);
    outbox.put('0', row('changed'), soon);
    expect(outbox.waiting).toBe(20_000);
    expect(logged).toEqual(['the history is full: rows are lost']);
    outbox.open(database);
    await outbox.flush();
    expect(database.written[0]?.[0]).toBe('changed');
    expect(database.written.flat()).toHaveLength(20_000);
  });
});
