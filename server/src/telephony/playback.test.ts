import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { KeyPresses } from './key-presses.ts';
import { Playback } from './playback.ts';

let clock: ManualClock;
let marks: string[];
let delays: number[];
let playback: Playback;
beforeEach(() => {
  clock = new ManualClock();
  marks = [];
  delays = [];
  playback = new Playback({ clock, sendMark: (name) => marks.push(name), onDelay: (ms) => delays.push(ms) });
});

const say = (frames: number): void => {
  for (let i = 0; i < frames; i++) playback.sent();
};

describe('what Twilio plays', () => {
  test('is marked each 200 ms, and where the voice pauses', () => {
    say(25);
    expect(marks).toEqual(['heard-1', 'heard-2']);
    playback.paused();
    playback.paused();
    expect(marks).toEqual(['heard-1', 'heard-2', 'heard-3']);
  });

  test('is behind by as much as a mark takes to come back', async () => {
    say(10);
    await clock.advance(130);
    playback.played('heard-1');
    expect(delays).toEqual([130]);
    expect(playback.isPlaying).toBe(false);
  });

  test('has stalled where the next mark is late, at the last one that came back', async () => {
    say(10);
    await clock.advance(100);
    playback.played('heard-1');
    say(13);
    await clock.advance(300);
    expect(playback.stalledMs).toBeUndefined();
    await clock.advance(1);
    expect(playback.stalledMs).toBe(260);
    playback.played('heard-2');
    expect(playback.stalledMs).toBeUndefined();
  });

  test('vouches for what came before it', () => {
    say(30);
    playback.played('heard-3');
    expect(playback.isPlaying).toBe(false);
  });

  test('says nothing any more when it was cleared', async () => {
    say(20);
    playback.cleared();
    await clock.advance(50);
    playback.played('heard-1');
    playback.played('never-sent');
    expect(delays).toEqual([]);
    expect(playback.isPlaying).toBe(false);
  });

  test('is at its end when the last mark is back', async () => {
    let ended = false;
    say(15);
    void playback.end().then(() => {
      ended = true;
    });
    playback.played('heard-1');
    await clock.advance(0);
    expect(ended).toBe(false);
    playback.played('heard-2');
    await clock.advance(0);
    expect(ended).toBe(true);
  });
});

describe('keys', () => {
  test('are told together after a pause, or with #', async () => {
    const told: string[] = [];
    const keys = new KeyPresses(clock, (pressed) => told.push(pressed));
    for (const key of '12') keys.press(key);
    await clock.advance(1999);
    expect(told).toEqual([]);
    await clock.advance(1);
    for (const key of '34#') keys.press(key);
    expect(told).toEqual(['12', '34#']);
  });

  test('without an end are told in parts, and not at all once the call is over', async () => {
    const told: string[] = [];
    const keys = new KeyPresses(clock, (pressed) => told.push(pressed));
    for (let i = 0; i < 40; i++) keys.press('7');
    keys.close();
    await clock.advance(5000);
    expect(told).toEqual(['7'.repeat(32)]);
  });
});
