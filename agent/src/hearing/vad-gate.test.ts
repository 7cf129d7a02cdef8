import { describe, expect, test } from '@jest/globals';
import { FrameProcessorJudge } from './frame-processor-gate.ts';
import { VadJudge } from './vad-gate.ts';
import type { SpeechJudge } from './windowed-gate.ts';

/** Runs windows of `windowMs` through a judge; each word is a state, `(at` a start, `at)` an end. */
async function run(judge: SpeechJudge, windowMs: number, probabilities: readonly number[]): Promise<string[]> {
  const told: string[] = [];
  for (const [i, probability] of probabilities.entries()) {
    const verdict = await judge.judge({ probability, from: i * windowMs, to: (i + 1) * windowMs });
    if (told.findLast((word) => !/[()]/.test(word)) !== judge.state) told.push(judge.state);
    if (verdict) told.push(verdict.kind === 'start' ? `(${verdict.at}` : `${verdict.at})`);
  }
  return told;
}

const times = (n: number, probability: number): number[] => Array<number>(n).fill(probability);

describe('the hysteresis of four states', () => {
  const hear = (...probabilities: number[]) => run(new VadJudge(32, 250), 32, probabilities);

  test('starts with the first sure window that another one backs', async () => {
    expect(await hear(0.1, 0.1, 0.4, 0.9)).toEqual(['quiet', 'starting', 'speaking', '(48']);
  });

  test('does not start with a single sure window', async () => {
    expect(await hear(0.1, 0.99, 0.1, 0.1, 0.99, 0.3)).toEqual(['quiet', 'starting', 'quiet', 'starting', 'quiet']);
  });

  test('does not start with some unsure windows, as a knock gives them, but with a longer run', async () => {
    expect(await hear(0.1, 0.55, 0.77, 0.76, 0.6, 0.2)).toEqual(['quiet', 'starting', 'quiet']);
    expect(await hear(0.1, ...times(6, 0.6))).toEqual(['quiet', 'starting', 'speaking', '(16']);
  });

  test('counts a murmur below the threshold neither for nor against', async () => {
    expect(await hear(...times(30, 0.45))).toEqual(['starting']);
    expect(await hear(...times(30, 0.45), 0.9)).toEqual(['starting', 'speaking', '(392']);
  });

  test('ends after the silence, one window before the model let go', async () => {
    const told = await hear(0.9, 0.9, 0.9, ...times(8, 0.1));
    expect(told).toEqual(['starting', 'speaking', '(0', 'stopping', 'quiet', '64)']);
    expect(await hear(0.9, 0.9, 0.9, ...times(7, 0.1))).toEqual(told.slice(0, 4));
  });

  test('goes on speaking after a shorter silence', async () => {
    expect(await hear(0.9, 0.9, ...times(7, 0.1), 0.6, ...times(7, 0.1))).toEqual([
      'starting',
      'speaking',
      '(0',
      'stopping',
      'speaking',
      'stopping',
    ]);
  });

  test('neither stops nor goes on for a window in between', async () => {
    expect(await hear(0.9, 0.9, ...times(20, 0.4))).toEqual(['starting', 'speaking', '(0']);
    expect(await hear(0.9, 0.9, 0.1, ...times(7, 0.4))).toEqual([
      'starting',
      'speaking',
      '(0',
      'stopping',
      'quiet',
      '32)',
    ]);
  });

  test('says where speech ended when it is cut off, and nothing outside speech', async () => {
    const judge = new VadJudge(32, 250);
    expect(judge.cutOff()).toBeUndefined();
    await run(judge, 32, [0.9, 0.9, 0.9, 0.1]);
    expect(judge.cutOff()).toBe(64);
    expect(judge.state).toBe('quiet');
    expect(judge.cutOff()).toBeUndefined();
  });
});

describe('the FrameProcessor', () => {
  const hear = (...probabilities: number[]) => run(new FrameProcessorJudge(96, 250), 96, probabilities);

  test('starts with the second window of speech, at the first', async () => {
    expect(await hear(0.1, 0.1, 0.6, 0.6)).toEqual(['quiet', 'starting', 'speaking', '(144']);
  });

  test('tells nothing of a misfire', async () => {
    expect(await hear(0.1, 0.9, 0.1, 0.1, 0.1, 0.1)).toEqual(['quiet', 'starting', 'quiet']);
  });

  test('ends after the windows that fill the silence, at the end of the last with speech', async () => {
    expect(await hear(0.9, 0.9, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1)).toEqual([
      'starting',
      'speaking',
      '(0',
      'stopping',
      'speaking',
      'stopping',
      'quiet',
      '480)',
    ]);
  });

  test('says where speech ended when it is cut off, and begins afresh', async () => {
    const judge = new FrameProcessorJudge(96, 250);
    await run(judge, 96, [0.9, 0.9, 0.9]);
    expect(judge.cutOff()).toBe(288);
    expect(judge.cutOff()).toBeUndefined();
    expect(await run(judge, 96, [0.1, 0.9, 0.1])).toEqual(['quiet', 'starting']);
  });
});
