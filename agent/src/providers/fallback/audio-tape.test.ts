import { describe, expect, test } from '@jest/globals';
import type { PcmFrame } from '../../contracts/index.ts';
import { Channel } from '../../kernel/index.ts';
import { all, failureOf, settle } from '../../testing/index.ts';
import { AudioTape } from './audio-tape.ts';

const frame = (at: number): PcmFrame => ({ samples: new Int16Array(320), rate: 16000, at });
const microphone = (): Channel<PcmFrame> => new Channel({ capacity: 5000, overflow: 'drop-oldest' });

describe('a tape', () => {
  test('is heard from its beginning by each listener, and goes on as the audio comes', async () => {
    const audio = microphone();
    const tape = new AudioTape(audio);
    audio.push(frame(0));
    const first = all(tape.play());
    await settle();
    audio.push(frame(20));
    const second = all(tape.play());
    await settle();
    expect(tape.ended).toBe(false);
    audio.end();
    expect((await first).map(({ at }) => at)).toEqual([0, 20]);
    expect((await second).map(({ at }) => at)).toEqual([0, 20]);
    expect([tape.ended, tape.ms]).toEqual([true, 40]);
  });

  test('keeps a minute, and drops the oldest', async () => {
    const audio = microphone();
    const tape = new AudioTape(audio);
    for (let at = 0; at < 61_000; at += 20) audio.push(frame(at));
    audio.end();
    await settle();
    const played = await all(tape.play());
    expect([played.length, played[0]?.at, played.at(-1)?.at, tape.ms]).toEqual([3000, 1000, 60_980, 61_000]);
  });

  test('says when all of it is there', async () => {
    const audio = microphone();
    const tape = new AudioTape(audio);
    let ends = 0;
    tape.onEnd(() => ends++);
    audio.push(frame(0));
    await settle();
    expect(ends).toBe(0);
    audio.end();
    await settle();
    expect(ends).toBe(1);
  });

  test('that is closed lets go of its source and of whoever listens', async () => {
    const audio = microphone();
    const tape = new AudioTape(audio);
    const listening = all(tape.play());
    await settle();
    tape.close();
    tape.close();
    expect(await listening).toEqual([]);
    await settle();
    audio.push(frame(0));
    expect(await all(tape.play())).toEqual([]);
  });

  test('fails for its listeners as its source has failed', async () => {
    const audio = microphone();
    const tape = new AudioTape(audio);
    audio.fail(new Error('the microphone is gone'));
    expect(await failureOf(all(tape.play()))).toEqual(new Error('the microphone is gone'));
  });
});
