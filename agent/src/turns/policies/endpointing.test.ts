import { describe, expect, test } from '@jest/globals';
import type { TurnPreset } from '../../contracts/index.ts';
import type { EndpointingInput } from './endpointing.ts';
import { heardPause, noPauses, type PauseStats } from './pause-stats.ts';
import { PRESETS, turnPolicies } from './presets.ts';

const { endpointing, knobs } = turnPolicies();
const ask = (text: string, more: Partial<EndpointingInput> = {}): number =>
  endpointing.silenceMs({ text, settled: true, pauses: noPauses, ...more });
const pausesOf = (ms: number): PauseStats => new Array<number>(15).fill(ms).reduce(heardPause, noPauses);

describe('how long a silence ends a turn', () => {
  test('no words yet: a middling time', () => {
    expect(ask('')).toBe(knobs.wordlessSilenceMs);
    expect(ask('')).toBeGreaterThan(ask('yes'));
    expect(ask('')).toBeLessThan(ask('i want to'));
  });

  test('finished < open < unfinished < reading out', () => {
    const kinds = ['what time is it', 'my brother lives in boston', 'my brother lives in', 'my number is four one'];
    const silences = kinds.map((text) => ask(text));
    expect(silences).toEqual([320, 550, 1300, 1600]);
  });

  test('a complete partial waits a little longer than a complete final, but no longer than an open one', () => {
    const partial = ask('turn on the lamp', { settled: false });
    expect(partial).toBeGreaterThan(ask('turn on the lamp'));
    expect(partial).toBeLessThanOrEqual(ask('my brother lives in boston'));
  });

  test('words that arrive during the silence change the answer both ways', () => {
    expect(ask('turn on', { settled: false })).toBeGreaterThan(ask('turn on the lamp', { settled: false }));
    expect(ask('turn on the lamp', { settled: false })).toBeLessThan(ask('turn on the lamp in', { settled: false }));
  });

  test('who pauses long is given longer, who pauses briefly is answered sooner', () => {
    const text = 'my brother lives in boston';
    expect(ask(text, { pauses: pausesOf(900) })).toBeGreaterThan(ask(text));
    expect(ask(text, { pauses: pausesOf(280) })).toBeLessThan(ask(text));
    expect(ask(text, { pauses: pausesOf(3000) })).toBe(Math.round(550 * knobs.maxPaceFactor));
    expect(ask(text, { pauses: pausesOf(1) })).toBe(550 * knobs.minPaceFactor);
  });

  test('the audio model moves it either way; one half changes nothing', () => {
    const text = 'my brother lives in boston';
    const silences = [1, 0.75, 0.5, 0.25, 0].map((endProbability) => ask(text, { endProbability }));
    expect(silences).toEqual([...silences].sort((a, b) => a - b));
    expect(silences[2]).toBe(ask(text));
    expect(silences[0]).toBe(550 * knobs.minModelFactor);
    expect(silences[4]).toBe(550 * knobs.maxModelFactor);
  });

  test('a model that is sure outweighs the words', () => {
    expect(ask('i live in', { endProbability: 1 })).toBeLessThan(ask('what time is it', { endProbability: 0 }));
  });
});

describe('for any input', () => {
  const texts = [
    '',
    'yes',
    'my brother lives in boston',
    'i want to',
    'the code is a b c',
    '然后',
    '好的',
    '\u0000',
    '😀',
    "'",
  ];
  const probabilities = [undefined, 0, 0.3, 1, -7, 7, Number.NaN, Number.POSITIVE_INFINITY];
  const pauses = [noPauses, pausesOf(1), pausesOf(600), pausesOf(Number.POSITIVE_INFINITY)];

  test.each(Object.keys(PRESETS) as TurnPreset[])('%s never waits for ever, nor less than its least', (preset) => {
    const policies = turnPolicies(preset);
    for (const text of texts) {
      for (const endProbability of probabilities) {
        for (const stats of pauses) {
          for (const settled of [true, false]) {
            const ms = policies.endpointing.silenceMs({ text, settled, pauses: stats, endProbability });
            expect(ms).toBeGreaterThanOrEqual(policies.knobs.minSilenceMs);
            expect(ms).toBeLessThanOrEqual(policies.knobs.maxSilenceMs);
          }
        }
      }
    }
  });

  test('more silence never un-ends a turn: the same knowledge always gives the same answer', () => {
    for (const text of texts) {
      const ended = Array.from({ length: 200 }, (_, i) => i * 20 >= ask(text));
      expect(ended).toEqual([...ended].sort());
      expect(ended.at(-1)).toBe(true);
    }
  });

  test('a very long text is judged in a moment', () => {
    const text = 'and then we went to the next town '.repeat(2000);
    const from = performance.now();
    ask(text);
    expect(performance.now() - from).toBeLessThan(1000);
  });
});
