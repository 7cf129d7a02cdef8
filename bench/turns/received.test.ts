import { describe, expect, test } from '@jest/globals';
import { agentSays } from './answers.ts';
import type { SpokenPhrase } from './clips.ts';
import { findDuck } from './gain.ts';
import { placeRuns, type ReceivedPacket, wordFaults } from './received.ts';

const FRAME = 320;
const meant = agentSays('Unless to be') as SpokenPhrase;
const inFrames = (ms: number): number => ms / 20;

/** Packets as they would be received: frames of the reference, or null where nothing but silence is sent. */
function received(frames: readonly (readonly [index: number, gain: number] | null)[]): ReceivedPacket[] {
  return frames.flatMap((frame, i) => {
    const packet = { at: 1000 + i * 20, timestamp: i * 960 };
    if (!frame) return [{ ...packet, level: 0, pcm: new Int16Array(FRAME) }];
    const [index, gain] = frame;
    const pcm = meant.samples.slice(index * FRAME, (index + 1) * FRAME).map((sample) => Math.round(sample * gain));
    return [{ ...packet, level: 50 * gain, pcm }];
  });
}

const said = (fromMs: number, toMs: number, gain = 1): (readonly [number, number])[] =>
  Array.from({ length: inFrames(toMs - fromMs) }, (_, i) => [inFrames(fromMs) + i, gain] as const);
const silence = (ms: number): null[] => Array.from({ length: inFrames(ms) }, () => null);

const wordsBetween = (fromMs: number, toMs: number): string[] =>
  meant.words
    .filter(({ from, to }) => Math.min(to, toMs) - Math.max(from, fromMs) >= (to - from) / 2)
    .map(({ text }) => text);

const faultsOf = (frames: Parameters<typeof received>[0], complete = false) =>
  wordFaults(
    placeRuns(received(frames), meant.samples),
    { length: meant.samples.length, words: meant.words },
    complete,
  );

describe('words of a reply as received', () => {
  test('are neither repeated nor lost where the voice was held and went on', () => {
    expect(faultsOf([...said(0, 2000), ...silence(900), ...said(2000, 4000)])).toEqual({ repeated: [], lost: [] });
  });

  test('are neither where it was ducked before it was held, and in mid-word', () => {
    const held = [...said(0, 1300), ...said(1300, 1420, 0.25), ...silence(600), ...said(1420, 3000)];
    expect(faultsOf(held)).toEqual({ repeated: [], lost: [] });
  });

  test('are repeated where it went on further back', () => {
    const { repeated, lost } = faultsOf([...said(0, 2000), ...silence(500), ...said(1400, 4000)]);
    expect(repeated).toEqual(wordsBetween(1400, 2000));
    expect(repeated.length).toBeGreaterThan(0);
    expect(lost).toEqual([]);
  });

  test('are not repeated by a step back of less than a word', () => {
    expect(faultsOf([...said(0, 2000), ...silence(500), ...said(1900, 4000)]).repeated).toEqual([]);
  });

  test('are lost where it went on further ahead', () => {
    const { repeated, lost } = faultsOf([...said(0, 1400), ...silence(500), ...said(2200, 4000)]);
    expect(lost).toEqual(wordsBetween(1400, 2200));
    expect(lost.length).toBeGreaterThan(0);
    expect(repeated).toEqual([]);
  });

  test('are lost at the end of a reply only if it was said to its end', () => {
    expect(faultsOf(said(0, 3000)).lost).toEqual([]);
    expect(faultsOf(said(0, 3000), true).lost).toEqual(wordsBetween(3000, Number.POSITIVE_INFINITY));
  });
});

describe('the moment at which a voice yields', () => {
  const at = (frames: Parameters<typeof received>[0], onset: number) => {
    const runs = placeRuns(received(frames), meant.samples);
    return findDuck(runs, meant.samples, onset, onset + 1500);
  };

  test('is its first softer packet', () => {
    expect(at([...said(0, 1400), ...said(1400, 3000, 0.25)], 2300)).toEqual({ kind: 'ducked', at: 2400 });
  });

  test('is the end of its last packet where it stops at once', () => {
    expect(at([...said(0, 1400), ...silence(500), ...said(1400, 3000)], 2300)).toEqual({ kind: 'ducked', at: 2400 });
  });

  test('is not there where it goes on as it was', () => {
    expect(at(said(0, 4000), 2300)).toEqual({ kind: 'none' });
  });
});
