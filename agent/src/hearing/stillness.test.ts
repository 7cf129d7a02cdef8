import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { VadModel } from '../contracts/index.ts';
import { pinkNoise, type SpokenClip, scene, seededRandom, spoken } from '../testing/index.ts';
import { settle } from '../testing/manual-clock.ts';
import { framesOf } from '../testing/speech-scene.ts';
import { VadDouble } from '../testing/vad-double.ts';
import { SileroEngine } from './silero.ts';
import type { GateEvent } from './speech-gate.ts';
import { createVadGate } from './vad-gate.ts';

const WINDOW = 512;

/** Room noise of this RMS, in windows of the model's length. */
function noise(windows: number, level: number, seed = 1): Int16Array {
  return Int16Array.from(pinkNoise(windows * WINDOW, seed), (sample) => Math.round(sample * level));
}

/** A tone of this amplitude. */
const tone = (windows: number, amplitude: number): Int16Array =>
  Int16Array.from({ length: windows * WINDOW }, (_, i) => Math.round(amplitude * Math.sin(i / 4)));

/** Each frame is judged before the next one comes. */
async function hear(model: VadModel, sound: Int16Array, firstAt = 0): Promise<GateEvent[]> {
  const events: GateEvent[] = [];
  const asked = new Set<Promise<number>>();
  const noted: VadModel = {
    rate: model.rate,
    windowSamples: model.windowSamples,
    ...(model.leaveOut && { leaveOut: (window) => model.leaveOut?.(window) }),
    probability: (window) => {
      const answer = model.probability(window).finally(() => asked.delete(answer));
      asked.add(answer);
      return answer;
    },
    reset: () => model.reset(),
    close: () => model.close(),
  };
  const gate = createVadGate(noted, { onEvent: (event) => events.push(event) });
  for (const frame of framesOf(sound, 20, firstAt)) {
    gate.push(frame);
    do await settle();
    while (asked.size > 0);
  }
  gate.close();
  return events;
}

const join = (...parts: Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));

describe('a line on which nothing happens', () => {
  test('costs one question in sixteen once its noise is known', async () => {
    const model = new VadDouble({ leavesOut: true, judge: () => 0 });
    await hear(model, noise(168, 200));
    expect(model.asked.length).toBeLessThan(8 + 0.35 * 160);
    const silent = new VadDouble({ leavesOut: true, judge: () => 0 });
    await hear(silent, new Int16Array(160 * WINDOW));
    expect(silent.asked).toHaveLength(10);
  });

  test('is asked about all the time where the model hears something in it', async () => {
    const model = new VadDouble({ leavesOut: true, judge: () => 0.2 });
    await hear(model, noise(100, 200));
    expect(model.asked.length).toBeGreaterThanOrEqual(98);
  });

  test('is asked about all the time by a model that keeps no note of what is left out', async () => {
    const model = new VadDouble({ judge: () => 0 });
    await hear(model, new Int16Array(100 * WINDOW));
    expect(model.asked).toHaveLength(100);
  });

  test('has the model hear the window before a clear sound, and then the sound', async () => {
    const model = new VadDouble({ leavesOut: true, judge: () => 0 });
    const sound = join(new Int16Array(40 * WINDOW), tone(1, 3000));
    await hear(model, sound);
    expect(model.order.slice(-3)).toEqual(['left-out', 'asked', 'asked']);
    expect(model.asked.at(-2)).toEqual(sound.slice(39 * WINDOW, 40 * WINDOW));
    expect(model.asked.at(-1)).toEqual(sound.slice(40 * WINDOW));
  });

  test('is asked about again from a faint sound on', async () => {
    const model = new VadDouble({ leavesOut: true, judge: () => 0 });
    const floor = tone(40, 100);
    await hear(model, join(floor, tone(4, 200)));
    expect(model.order.slice(-5)).toEqual(['left-out', 'asked', 'asked', 'asked', 'asked']);
  });
});

describe('streams that began at different times', () => {
  test('are judged on the same ticks', async () => {
    const ticksOf = async (firstAt: number): Promise<number[]> => {
      let at = firstAt;
      const ticks: number[] = [];
      const model = new VadDouble({ judge: () => Math.min(0, ticks.push(at % 160)) });
      const gate = createVadGate(model, { onEvent: () => {} });
      for (const frame of framesOf(new Int16Array(100 * 320), 20, firstAt)) {
        at = frame.at;
        gate.push(frame);
        await settle();
      }
      return [...new Set(ticks)].sort((a, b) => a - b);
    };
    expect(await ticksOf(0)).toEqual([20, 60, 80, 120, 140]);
    for (const firstAt of [20, 60, 140, 2540]) expect(await ticksOf(firstAt)).toEqual([20, 60, 80, 120, 140]);
  });
});

describe('speech after a long silence, by Silero', () => {
  let engine: SileroEngine;
  beforeAll(async () => {
    engine = await SileroEngine.load({ version: 'v6' });
  });
  afterAll(() => engine.close());

  /** The same stream for a gate that leaves nothing out. */
  const attentive = (model: VadModel): VadModel => ({
    rate: model.rate,
    windowSamples: model.windowSamples,
    probability: (window) => model.probability(window),
    reset: () => model.reset(),
    close: () => model.close(),
  });
  const startsOf = (events: readonly GateEvent[]): number[] =>
    events.flatMap((event) => (event.kind === 'speech-start' ? [event.at] : []));
  const clips: readonly SpokenClip[] = ['turnonlamp', 'goforward', 'harvard-1', 'jfk', 'aishell-W0121'];

  test.each([
    ['in a quiet room', undefined],
    ['in noise', 10],
  ])('is told as if nothing had been left out, %s', async (_, snrDb) => {
    const random = seededRandom(5);
    for (const [i, clip] of clips.entries()) {
      const sound = scene([3000 + random() * 1000, spoken(clip), 1500], snrDb, i + 1);
      const expected = startsOf(await hear(attentive(engine.open()), sound));
      const told = startsOf(await hear(engine.open(), sound));
      expect(expected.length).toBeGreaterThan(0);
      expect(told).toHaveLength(expected.length);
      for (const [n, at] of told.entries()) expect(Math.abs(at - (expected[n] as number))).toBeLessThanOrEqual(64);
    }
  });
});
