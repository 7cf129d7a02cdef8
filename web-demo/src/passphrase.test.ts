import { afterEach, describe, expect, test } from '@jest/globals';
import type { CallState } from '@parley/signaling';
import { askDoor, asksPassphrase, noteFor, tokenFor } from './passphrase.ts';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** What the server answers next; what it was sent. */
function answering(status: number, body: unknown): { body?: unknown } {
  const sent: { body?: unknown } = {};
  globalThis.fetch = async (_, init) => {
    sent.body = init?.body && JSON.parse(String(init.body));
    return new Response(JSON.stringify(body), { status });
  };
  return sent;
}

const failing = (): void => {
  globalThis.fetch = async () => {
    throw new TypeError('no network');
  };
};

describe('the door', () => {
  test.each(['open', 'passphrase', 'off'])('%s is as the server says', async (demo) => {
    answering(200, { demo });
    expect(await askDoor()).toBe(demo);
  });

  test('is taken for open where nothing is known; joining will tell', async () => {
    answering(200, {});
    expect(await askDoor()).toBe('open');
    failing();
    expect(await askDoor()).toBe('open');
  });

  test('asks for the passphrase between calls, until it is known', () => {
    const idle: CallState = { kind: 'idle' };
    expect(asksPassphrase({ door: 'passphrase', passphrase: '', call: idle })).toBe(true);
    expect(asksPassphrase({ door: 'passphrase', passphrase: 'x', call: idle })).toBe(false);
    expect(asksPassphrase({ door: 'open', passphrase: '', call: idle })).toBe(false);
    const connecting: CallState = { kind: 'connecting', step: 'server' };
    expect(asksPassphrase({ door: 'passphrase', passphrase: '', call: connecting })).toBe(false);
  });
});

describe('a token', () => {
  test('is had for the passphrase and the room', async () => {
    const sent = answering(201, { token: 'a.b.c' });
    expect(await tokenFor('open sesame', 'tea')).toBe('a.b.c');
    expect(sent.body).toEqual({ passphrase: 'open sesame', room: 'tea' });
  });

  test.each([
    [401, 'unauthorized', false, 'passphraseWrong'],
    [400, 'unauthorized', false, 'passphraseWrong'],
    [429, 'too-many-requests', true, 'passphraseTooOften'],
    [503, 'unavailable', true, 'passphraseFailed'],
  ])('that is answered with %i is %s', async (status, code, retryable, note) => {
    answering(status, {});
    const error = await tokenFor('x', undefined).catch((error: unknown) => error);
    expect(error).toMatchObject({ code, retryable });
    expect(noteFor(error)).toBe(note);
  });

  test('that cannot be asked for is worth another try', async () => {
    failing();
    await expect(tokenFor('x', undefined)).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  });
});
