import { expect, test } from '@jest/globals';
import type { VoiceFrame } from './opus-frame.ts';
import { SaidFrames } from './said-frames.ts';
import { VoiceQueue } from './voice-queue.ts';

const FRAME = 480;
const packet = (byte: number, length = 1): Uint8Array => new Uint8Array(length).fill(byte);
const samples = (value: number, length = FRAME): Int16Array => new Int16Array(length).fill(value);

/** What comes out: packets by their first byte, samples by their first value. */
function take(queue: VoiceQueue): VoiceFrame | undefined {
  const frame = queue.takeInto(new Int16Array(FRAME));
  return frame instanceof Int16Array ? frame.slice() : frame;
}
const nameOf = (frame: VoiceFrame | undefined): string | undefined =>
  frame && (frame instanceof Int16Array ? `samples ${frame[0]}` : `packet ${frame.packet[0]}`);

function all(queue: VoiceQueue): VoiceFrame[] {
  const frames: VoiceFrame[] = [];
  for (let frame = take(queue); frame; frame = take(queue)) frames.push(frame);
  return frames;
}

test('samples and packets come out as they went in, samples padded where a packet follows', () => {
  const queue = new VoiceQueue(24_000);
  queue.push(samples(1, 100));
  queue.push(samples(2, 500));
  queue.pushOpus(packet(7), true);
  queue.pushOpus(packet(8), false);
  queue.push(samples(3, 700));
  expect(queue.aheadMs).toBeCloseTo(40 + 40 + (700 / 480) * 20);
  expect(all(queue).map(nameOf)).toEqual(['samples 1', 'samples 2', 'packet 7', 'packet 8', 'samples 3']);
  expect(take(queue)).toBeUndefined();
  queue.flush();
  expect(nameOf(take(queue))).toBe('samples 3');
  expect(queue.aheadMs).toBe(0);
});

test('what is put back comes out first, as it did, before a frame that had begun', () => {
  const queue = new VoiceQueue(24_000);
  queue.push(samples(1));
  queue.pushOpus(packet(7), true);
  queue.pushOpus(packet(8), false);
  queue.push(samples(2));
  queue.push(samples(3, 100));
  const taken = all(queue);
  queue.putBack(taken);
  queue.push(samples(3, 380));
  expect(all(queue).map(nameOf)).toEqual(['samples 1', 'packet 7', 'packet 8', 'samples 2', 'samples 3']);
});

test('a packet knows the four before it, and none of another stream', () => {
  const queue = new VoiceQueue(24_000);
  for (let i = 0; i < 6; i++) queue.pushOpus(packet(i), i === 0);
  queue.pushOpus(packet(9), true);
  const leads = all(queue).map((frame) => (frame instanceof Int16Array ? [] : frame.lead.map(([byte]) => byte)));
  expect(leads).toEqual([[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 4], []]);
});

test('packets that nobody has decoded are said again from the smallest on', () => {
  const queue = new VoiceQueue(24_000);
  for (let i = 0; i < 40; i++) queue.pushOpus(packet(i, i === 20 ? 3 : 100), i === 0);
  const said = new SaidFrames();
  for (const [i, frame] of all(queue).entries()) said.add(frame, i * 20);
  expect(nameOf(said.takeSince(600)[0])).toBe('packet 20');
});
