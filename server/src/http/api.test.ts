// The API as its own document describes it: every answer that is documented is provoked, and no other one comes.
// A new route needs its provocations in testing/provocations; what is refused alike everywhere is provoked here.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApiProbe, KEY } from './testing/api-probe.ts';
import type { Operation } from './testing/operations.ts';
import { provocations } from './testing/provocations/index.ts';

/** Longer than any body may be, in characters. */
const TOO_LONG = 2_000_000;
/** An embedded database is made for the first call that is kept. */
const PATIENCE_MS = 60_000;

let probe: ApiProbe;
beforeAll(async () => {
  probe = await ApiProbe.start();
});
afterAll(() => probe.close());

const those = (status: number): readonly Operation[] =>
  probe.operations.filter(({ responses }) => responses.has(status));
/** From an address of its own. */
let visitors = 0;
const stranger = () => ({ 'x-forwarded-for': `192.0.2.${++visitors}` });

test('every operation has a name of its own, a summary and a tag', () => {
  const ids = probe.operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(probe.operations.filter(({ summary, tags }) => !summary || tags.length === 0)).toEqual([]);
});

test.each(provocations)(
  '$operation answers $status',
  async ({ operation, status, send }) => {
    const answer = await probe.ask(operation, await send(probe));
    expect([answer.status, await answer.text()]).toEqual([status, expect.anything()]);
  },
  PATIENCE_MS,
);

describe('every operation that can', () => {
  test('refuses what is not JSON', async () => {
    for (const { id } of those(415)) {
      const answer = await probe.ask(id, { headers: { 'content-type': 'text/plain' }, body: 'hello' });
      expect([id, answer.status]).toEqual([id, 415]);
    }
  });

  test('refuses what is too long', async () => {
    for (const { id } of those(413)) {
      const answer = await probe.ask(id, { body: { text: 'x'.repeat(TOO_LONG) } });
      expect([id, answer.status]).toEqual([id, 413]);
    }
  });

  test('says which fields do not fit', async () => {
    for (const { id, hasBody, params } of those(400)) {
      // What only a query can get wrong is provoked by hand.
      if (!hasBody && params.length === 0) continue;
      const tooLong = params.map(({ name, maxLength = 200 }) => [name, 'x'.repeat(maxLength + 1)]);
      const answer = await probe.ask(id, hasBody ? { body: [] } : { params: Object.fromEntries(tooLong) });
      const problem = await answer.json();
      expect([id, answer.status]).toEqual([id, 400]);
      expect(problem).toMatchObject({ errors: [{ in: hasBody ? 'body' : 'params', detail: expect.any(String) }] });
    }
  });

  test('asks for a key', async () => {
    for (const { id } of those(401)) {
      if (id === 'createDemoToken') continue;
      const answer = await probe.ask(id, { house: 'strict', headers: stranger() });
      expect([id, answer.status]).toEqual([id, 401]);
    }
  });

  test('bears no more than its pace', async () => {
    for (const { id } of those(429)) {
      const headers = { ...stranger(), authorization: `Bearer ${KEY}` };
      const ask = (): Promise<Response> => probe.ask(id, { house: 'strict', headers });
      const { status } = await ask();
      expect([id, status === 429 ? status : (await ask()).status]).toEqual([id, 429]);
    }
  });
});

test('every answer that is documented was seen', () => {
  expect(probe.unseen).toEqual([]);
});
