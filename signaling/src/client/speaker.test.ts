import { beforeEach, expect, test } from '@jest/globals';
import { AGENT_ID } from '../protocol/index.ts';
import { FakeAudio, fakeTrack, installMediaStream } from '../testing/browser-doubles.ts';
import { Speaker } from './speaker.ts';

let audio: FakeAudio;
let speaker: Speaker;
const states: string[] = [];

beforeEach(() => {
  installMediaStream();
  audio = new FakeAudio();
  states.length = 0;
  speaker = new Speaker({ element: audio.asElement(), onChange: () => states.push(speaker.state) });
});

test('the agent is audible once its element plays', async () => {
  expect(speaker.state).toBe('waiting');
  expect(await speaker.play(AGENT_ID, fakeTrack())).toBe(true);
  expect(states).toEqual(['playing']);
});

test('a voice the browser blocks waits for a click', async () => {
  audio.blocked = true;
  const audible = speaker.play(AGENT_ID, fakeTrack());
  await new Promise((resolve) => setImmediate(resolve));
  expect(speaker.state).toBe('blocked');
  audio.blocked = false;
  await speaker.resume();
  expect(await audible).toBe(true);
  expect(speaker.state).toBe('playing');
});

test('a voice that is replaced was never audible', async () => {
  audio.blocked = true;
  const first = speaker.play(AGENT_ID, fakeTrack());
  audio.blocked = false;
  const second = speaker.play(AGENT_ID, fakeTrack());
  expect(await first).toBe(false);
  expect(await second).toBe(true);
});

test('an element that a media key has paused wants a click', async () => {
  await speaker.play(AGENT_ID, fakeTrack());
  audio.onpause?.();
  expect(speaker.state).toBe('blocked');
});

test('an element that pauses because its track ended wants nothing', async () => {
  const track = fakeTrack();
  await speaker.play(AGENT_ID, track);
  track.stop();
  audio.onpause?.();
  expect(speaker.state).toBe('playing');
});
