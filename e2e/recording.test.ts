import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import { correlation, speechClip } from '@parley/agent/testing';
import { browserTest } from './support/chromium.ts';
import { demoPage } from './support/demo-page.ts';
import { espeak } from './support/espeak.ts';
import { likeness } from './support/sound.ts';

const GREETING = 'Hello, this is a test of the greeting. Please go ahead.';
const PATIENCE_MS = 120_000;
const RATE = 48_000;
/** Words are timed when they are recognised, or have been heard: so much later than their sound, at most. */
const WORD_LATE_MS = 1500;

// biome-ignore lint/suspicious/noExplicitAny: JSON of answers, looked into at will
type Json = Record<string, any>;

describe('a call that is recorded', () => {
  const data = mkdtempSync(join(tmpdir(), 'parley-recorded-'));
  afterAll(() => rmSync(data, { recursive: true, force: true }));
  const demo = demoPage({
    PARLEY_AGENT_GREETING: GREETING,
    PARLEY_HISTORY_ENABLED: 'true',
    PARLEY_HISTORY_RECORD: 'on',
    PARLEY_DATA: data,
  });

  const ask = async (path: string, fits: (body: Json) => boolean): Promise<Json> => {
    for (;;) {
      const answer = await fetch(`${demo.server.url}${path}`);
      const body = (await answer.json()) as Json;
      if (answer.ok && fits(body)) return body;
      if (!answer.ok && answer.status !== 503) throw new Error(`${path}: ${JSON.stringify(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  /** As Chromium decodes it, channel by channel. */
  const channels = async (url: string): Promise<Int16Array[]> => {
    const coded = await demo.caller.page.evaluate(async (address) => {
      const bytes = await (await fetch(address)).arrayBuffer();
      const sound = await new OfflineAudioContext(2, 48_000, 48_000).decodeAudioData(bytes);
      return [0, 1].map((channel) => {
        const pcm = Int16Array.from(sound.getChannelData(channel), (value) => Math.round(value * 32_767));
        let text = '';
        for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte);
        return btoa(text);
      });
    }, url);
    return coded.map((text) => new Int16Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer));
  };

  browserTest(
    'has the caller left and the agent right, in step with the words, and plays in a browser',
    async () => {
      // The database is made beside this, which must not disturb what is measured.
      await ask('/v1/calls', () => true);
      await demo.caller.startCall();
      await demo.caller.finalText('agent', /Please go ahead/);
      await demo.caller.say('goforward');
      await demo.caller.finalText('user', /forward/i);
      await demo.caller.finalText('agent', /forward/i);
      await demo.caller.endCall();

      const { calls } = await ask('/v1/calls', (body) => body.calls[0]?.endedAt !== undefined);
      const call = await ask(`/v1/calls/${calls[0].call}`, () => true);
      expect(call.recorded).toBe(true);
      const url = `/v1/calls/${call.call}/recording`;
      const part = await fetch(`${demo.server.url}${url}`, { headers: { range: 'bytes=0-3' } });
      expect([part.status, part.headers.get('content-type'), await part.text()]).toEqual([206, 'audio/ogg', 'OggS']);

      const [left, right] = (await channels(url)) as [Int16Array, Int16Array];
      const clip = speechClip('goforward');
      const greeting = await espeak(GREETING);
      expect(likeness(left, RATE, clip.samples, clip.rate)).toBeGreaterThan(0.75);
      expect(likeness(right, RATE, greeting.samples, greeting.rate)).toBeGreaterThan(0.75);
      // Nothing of one side is on the other.
      expect(likeness(right, RATE, clip.samples, clip.rate)).toBeLessThan(0.6);

      const said: Json[] = call.turns.flatMap((turn: Json) => turn.said);
      const callers = said.find(({ speaker }) => speaker === 'caller')!;
      const agents = said.find(({ speaker }) => speaker === 'agent')!;
      const lateness = {
        caller: callers.words.at(0).atMs - foundAt(left, clip.samples, clip.rate),
        agent: agents.words.at(0).atMs - foundAt(right, greeting.samples, greeting.rate),
      };
      for (const late of Object.values(lateness)) {
        expect(late).toBeGreaterThan(-100);
        expect(late).toBeLessThan(WORD_LATE_MS);
      }

      const { page } = demo.caller;
      await page.goto(`${demo.server.url}/calls`);
      await page.getByText('go forward ten meters').first().click();
      const word = page.locator('.word').filter({ hasText: 'Please' });
      await word.click();
      // The player goes to the word and on from there, and the words go with it.
      await page.waitForFunction(
        (ms) => {
          const audio = document.querySelector('audio');
          return audio && !audio.paused && audio.currentTime * 1000 >= ms;
        },
        agents.words.find(({ text }: Json) => text.startsWith('Please')).atMs,
      );
      await page.locator('.word[data-said]').filter({ hasText: 'Please' }).waitFor();
      await page.locator('.line[data-speaker="user"] .latency-badge').first().click();
      await page.locator('.stage-row.total').waitFor();
    },
    PATIENCE_MS,
  );
});

/** Where in a channel a sound begins, in ms: by the correlation of its first second and a half. */
function foundAt(channel: Int16Array, sound: Int16Array, rate: number): number {
  const HZ = 8000;
  const down = (samples: Int16Array, from: number): Float32Array =>
    Float32Array.from(
      { length: Math.floor((samples.length * HZ) / from) },
      (_, at) => samples[Math.floor((at * from) / HZ)]!,
    );
  const there = down(channel, RATE);
  const wanted = down(sound, rate).subarray(0, 1.5 * HZ);
  let best = { at: 0, value: 0 };
  for (let at = 0; at + wanted.length <= there.length; at += 4) {
    const value = correlation(there.subarray(at, at + wanted.length), wanted);
    if (value > best.value) best = { at, value };
  }
  return (best.at * 1000) / HZ;
}
