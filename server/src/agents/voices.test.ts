import { describe, expect, test } from '@jest/globals';
import { ProviderError } from '@parley/agent';
import { ManualClock } from '@parley/agent/testing';
import { FakeHost } from '../testing/fake-host.ts';
import { Voices } from './voices.ts';

const { signal } = new AbortController();

function setUp(host: FakeHost | undefined = new FakeHost({ engines: {} as never, tools: {} as never })) {
  const clock = new ManualClock();
  return { host, clock, voices: new Voices(async (use) => use(host), clock) };
}

describe('the voices of all hosts', () => {
  test('are asked for once', async () => {
    const { host, voices } = setUp();
    const [first, second] = await Promise.all([voices.list(), voices.list()]);
    expect(first).toBe(second);
    expect(await voices.known()).toBe(first);
    expect(host.listed).toBe(1);
  });

  test('are asked for again where that failed, and a call goes on without', async () => {
    const { host, voices } = setUp();
    const list = host.voices;
    host.voices = () => Promise.reject(ProviderError.timeout('tts', 'too slow'));
    await expect(voices.list()).rejects.toMatchObject({ name: 'VoiceFailure', reason: 'unavailable' });
    expect(await voices.known()).toEqual([]);
    host.voices = list;
    expect(await voices.known()).toHaveLength(2);
  });

  test('are not waited for long by a call', async () => {
    const { host, voices, clock } = setUp();
    host.voices = () => new Promise(() => {});
    const known = voices.known();
    await clock.advance(2000);
    expect(await known).toEqual([]);
  });

  test('cannot be listed where no host is alive', async () => {
    const voices = new Voices(async () => undefined, new ManualClock());
    await expect(voices.list()).rejects.toMatchObject({ reason: 'unavailable' });
  });

  test.each([
    ['rateLimited', 'busy'],
    ['badRequest', 'bad-request'],
    ['unsupported', 'bad-request'],
    ['auth', 'unavailable'],
  ] as const)('a sample that fails by %s is %s', async (how, reason) => {
    const { host, voices } = setUp();
    const sample = voices.sample({ text: 'Hi.' }, { signal });
    (await host.samples.next()).letGo(ProviderError[how]('tts', 'why'));
    await expect(sample).rejects.toMatchObject({ name: 'VoiceFailure', reason, message: 'why' });
  });

  test('a sample that nobody waits for ends with the reason', async () => {
    const { voices } = setUp();
    const gone = new AbortController();
    const sample = voices.sample({ text: 'Hi.' }, { signal: gone.signal });
    gone.abort(new Error('gone'));
    await expect(sample).rejects.toThrow('gone');
  });
});
