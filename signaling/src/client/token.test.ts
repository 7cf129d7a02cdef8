import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeAudio, FakeDevice, FakeMedia, installMediaStream } from '../testing/browser-doubles.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Refusal, ScriptedServer } from '../testing/scripted-server.ts';
import { Call } from './call.ts';
import type { CallOptions } from './call-options.ts';
import { SignalingError } from './errors.ts';
import { RECONNECT_DEFAULTS } from './reconnect.ts';
import { askToken } from './token.ts';

const never = new AbortController().signal;

describe('a token', () => {
  const ask = (source: Parameters<typeof askToken>[0], clock = new ManualClock(), signal = never) =>
    askToken(source, { room: 'tea', timeoutMs: 500, clock, signal });

  test('is what it is, or what the function gives for the room', async () => {
    expect(await ask(undefined)).toBeUndefined();
    expect(await ask('a.b.c')).toBe('a.b.c');
    expect(await ask(async ({ room }) => `for ${room}`)).toBe('for tea');
  });

  test('that cannot be had is worth another try, unless the function says otherwise', async () => {
    const down = ask(async () => {
      throw new TypeError('no network');
    });
    await expect(down).rejects.toMatchObject({ code: 'no-token', retryable: true });
    const banned = ask(async () => {
      throw new SignalingError('forbidden', 'not you');
    });
    await expect(banned).rejects.toMatchObject({ code: 'forbidden', retryable: false });
  });

  test('that does not come in time is waited for no longer, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const asked = ask(() => new Promise(() => {}), clock);
    clock.advance(500);
    await expect(asked).rejects.toMatchObject({ code: 'timeout' });
    await ask(async () => 'a.b.c', clock);
    expect(clock.pending).toBe(0);
  });

  test('is not waited for once the call was left', async () => {
    const life = new AbortController();
    const asked = ask(() => new Promise(() => {}), new ManualClock(), life.signal);
    life.abort();
    await expect(asked).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a call with a token', () => {
  let server: ScriptedServer;
  let call: Call;
  beforeEach(async () => {
    installMediaStream();
    server = await ScriptedServer.start();
  });
  afterEach(async () => {
    call.leave();
    await server.stop();
  });

  function makeCall(options: CallOptions): Call {
    call = new Call({
      url: server.url,
      audio: new FakeAudio().asElement(),
      loadDevice: new FakeDevice().load,
      media: new FakeMedia(),
      reconnect: { ...RECONNECT_DEFAULTS, firstMs: 10, maxMs: 20, giveUpMs: 2000 },
      ...options,
    });
    return call;
  }

  test('shows it when it joins', async () => {
    await makeCall({ token: 'a.b.c' }).join({ room: 'tea' });
    expect(server.received[0]).toEqual({ name: 'join', message: { room: 'tea', token: 'a.b.c' } });
  });

  test('asks for a new one each time that it joins anew, with the room that it was in', async () => {
    const wanted: unknown[] = [];
    server.script = { resume: () => new Refusal('not-resumable') };
    const token = async ({ room }: { room?: string | undefined }) => `token ${wanted.push(room)}`;
    await makeCall({ token }).join({});
    server.drop();
    const again = await server.until('join', 2);
    expect(again.message).toMatchObject({ token: 'token 2' });
    expect(wanted).toEqual([undefined, (again.message as { room: string }).room]);
  });

  test('ends at once where the server refuses it', async () => {
    server.script = { join: () => new Refusal('unauthorized', 'the token has expired') };
    await expect(makeCall({ token: 'old' }).join({})).rejects.toMatchObject({ code: 'unauthorized', retryable: false });
    expect(call.state).toMatchObject({ kind: 'ended', reason: 'refused', rejoin: false });
  });

  test('does not try again where the token is for less', async () => {
    server.script = { join: () => new Refusal('forbidden') };
    await expect(makeCall({ token: 'other' }).join({})).rejects.toMatchObject({ code: 'forbidden', retryable: false });
  });
});
