import { describe, expect, test } from '@jest/globals';
import { spoken } from '@parley/agent/testing';
import { compare } from './likeness.ts';
import { findClicks, MATCH_RATE, toMatchRate } from './sound.ts';

const RATE = 16_000;
const speech = spoken('goforward');
const ms = (count: number): number => (count * RATE) / 1000;
const joined = (...parts: Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));
const silence = (length: number): Int16Array => new Int16Array(ms(length));

describe('clicks', () => {
  test.each(['goforward', 'harvard-1', 'jfk', 'librivox-0880', 'weatherlike'] as const)('are none in %s', (clip) => {
    expect(findClicks(spoken(clip), RATE)).toEqual([]);
  });

  test('are found where a voice is cut off without a fade, and where it jumps in', () => {
    // A peak in the middle of a vowel.
    const peak = speech.indexOf(Math.max(...speech.subarray(ms(300), ms(600))), ms(300));
    const cut = joined(silence(50), speech.subarray(peak, peak + ms(30)), silence(50));
    expect(findClicks(cut, RATE).map(({ sample }) => sample)).toContain(ms(50));
  });

  test('are found in silence and between words', () => {
    const clicked = joined(silence(100), speech, silence(100));
    clicked[ms(40)] = 3000;
    expect(findClicks(clicked, RATE).map(({ sample }) => sample)).toEqual([ms(40)]);
  });
});

describe('a reply beside its reference', () => {
  const reference = toMatchRate(speech, RATE);
  const over = (heard: Int16Array) => compare(toMatchRate(heard, RATE), reference, 0, MATCH_RATE / 2);

  test('is the same where nothing happened to it', () => {
    const found = over(joined(silence(200), speech, silence(200)));
    expect(found).toMatchObject({ jumps: [], clippedStartMs: 0, startsAt: MATCH_RATE / 5 });
    expect(found.correlation).toBeGreaterThan(0.99);
  });

  test('shows time that was put in or left out', () => {
    const [first, second] = [speech.subarray(0, ms(900)), speech.subarray(ms(900))];
    expect(over(joined(first, silence(60), second)).jumps.reduce((sum, jump) => sum + jump.ms, 0)).toBeCloseTo(60, -1);
    const skipped = over(joined(first, second.subarray(ms(40)))).jumps;
    expect(skipped.reduce((sum, jump) => sum + jump.ms, 0)).toBeCloseTo(-40, -1);
  });

  test('shows how much of its first word is missing', () => {
    const late = joined(silence(200), speech.slice().fill(0, 0, ms(60)));
    expect(over(late).clippedStartMs).toBe(60);
  });
});
