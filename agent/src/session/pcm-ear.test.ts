import { describe, expect, test } from '@jest/globals';
import type { PcmFrame } from '../contracts/index.ts';
import { Ticker } from '../rtp/index.ts';
import { ManualClock } from '../testing/index.ts';
import { MAX_WAITING_MS, PcmEar } from './pcm-ear.ts';

function listen() {
  const clock = new ManualClock();
  const frames: PcmFrame[] = [];
  const ear = new PcmEar({ ticker: new Ticker({ clock }), clock, onFrame: (frame) => frames.push(frame) });
  /** So many ms of a voice that counts its samples. */
  let said = 0;
  const say = (ms: number): void => ear.push(new Int16Array(ms * 16).map(() => (said++ % 1000) + 1));
  const voiced = (): Int16Array[] => frames.map(({ samples }) => samples).filter((samples) => samples[0] !== 0);
  return { clock, ear, frames, say, voiced };
}

describe('a voice that comes as PCM', () => {
  test('is heard in frames of 20 ms, whatever the size of its chunks', async () => {
    const { clock, ear, frames, say, voiced } = listen();
    for (let i = 0; i < 20; i++) {
      say(i % 2 === 0 ? 7 : 33);
      await clock.advance(20);
    }
    await clock.advance(60);
    expect(voiced()).toHaveLength(20);
    expect(voiced().flatMap((samples) => [...samples])).toEqual(Array.from({ length: 6400 }, (_, i) => (i % 1000) + 1));
    expect(frames.map(({ at }) => at)).toEqual(frames.map((_, i) => i * 20));
    expect(ear.heardMs).toBe(400);
  });

  test('is known to have come when it did, not when it was heard', async () => {
    const { clock, ear, frames, say } = listen();
    say(20);
    await clock.advance(1000);
    const known = frames.length;
    for (let i = 0; i < 5; i++) {
      const came = clock.now();
      say(20);
      await clock.advance(20);
      expect(ear.arrivedAt((known + i) * 20)).toBe(came);
    }
  });

  test('is heard faster than real time where it comes so, and no faster than four frames a tick', async () => {
    const { clock, say, voiced } = listen();
    say(2000);
    await clock.advance(250);
    expect(voiced().length).toBeGreaterThan(40);
    expect(voiced().length).toBeLessThan(60);
    await clock.advance(300);
    expect(voiced()).toHaveLength(100);
  });

  test('falls silent where nothing comes, once what is late could have come, and rests in the end', async () => {
    const { clock, ear, frames, say, voiced } = listen();
    say(100);
    await clock.advance(200);
    expect(frames).toHaveLength(5);
    await clock.advance(1000);
    expect(voiced()).toHaveLength(5);
    const silent = frames.length;
    expect(silent).toBeGreaterThan(40);
    await clock.advance(20_000);
    const rested = frames.length;
    await clock.advance(1000);
    expect(frames).toHaveLength(rested);
    expect(ear.heardMs).toBe(100);
    say(100);
    await clock.advance(100);
    expect(voiced()).toHaveLength(10);
    expect(frames.map(({ at }) => at)).toEqual(frames.map((_, i) => i * 20));
  });

  test('drops the oldest of more than can wait', async () => {
    const { clock, ear, say, voiced } = listen();
    say(MAX_WAITING_MS);
    say(200);
    await clock.advance(40);
    expect(voiced()[0]?.[0]).toBe(((200 * 16) % 1000) + 1);
    ear.forget();
    await clock.advance(40);
    expect(voiced().length).toBeLessThanOrEqual(8);
    expect(ear.heardMs).toBe(MAX_WAITING_MS + 200);
  });

  test('is not heard after it was closed', async () => {
    const { clock, ear, frames, say } = listen();
    say(100);
    ear.close();
    say(100);
    await clock.advance(500);
    expect(frames).toEqual([]);
  });
});
