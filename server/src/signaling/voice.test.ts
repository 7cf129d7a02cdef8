import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { joined } from '../testing/joined.ts';

let house: TestApp;
beforeAll(async () => {
  house = await startTestApp();
});
afterAll(() => house.close());

test('who opens a room says how its agent speaks', async () => {
  const host = await house.hosts.next();
  house.hosts.put(host);
  const caller = await house.client();
  await caller.ask('join', { room: 'wishes', voice: 'fake:anna', speed: 0.8, emotion: 'calm' });
  const { settings } = await host.sessions.next();
  expect(settings.prosody).toMatchObject({ voice: 'fake:anna', speed: 0.8, emotion: 'calm' });
});

test('and may change it during the call; nobody else, until they have left', async () => {
  const { caller, session } = await joined(house, 'change');
  const other = await house.client();
  await other.ask('join', { room: 'change', voice: 'fake:all' });
  await expect(other.ask('speak-as', { voice: 'fake:all' })).rejects.toMatchObject({ code: 'wrong-state' });
  await caller.ask('speak-as', { voice: 'fake:anna' });
  const told = await session.told.next(({ what }) => what === 'speak-as');
  expect(told).toMatchObject({ speech: { prosody: { voice: 'fake:anna' } } });
  await caller.ask('leave', {});
  await other.ask('speak-as', { speed: 2 });
  expect(await session.told.next(({ what }) => what === 'speak-as')).toMatchObject({
    speech: { prosody: { speed: 2 } },
  });
});

test.each([{ speed: 99 }, { emotion: 'hungry' }, { voice: '' }, { voice: 'x'.repeat(201) }])(
  '%j is no way to speak',
  async (wishes) => {
    const caller = await house.client();
    await expect(caller.ask('join', wishes as never)).rejects.toMatchObject({ code: 'bad-message' });
  },
);
