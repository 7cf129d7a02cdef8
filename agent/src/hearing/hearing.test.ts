import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { framesOf, pinkNoise, SPOKEN_CLIPS, scene, spoken } from '../testing/speech-scene.ts';
import { createHearing, type Hearing } from './hearing.ts';
import type { GateEvent, GateOptions } from './speech-gate.ts';
import { VadClosed } from './vad-closed.ts';

/** Quiet before the first sound of a scene, in ms. */
const LEAD = 1000;

interface Heard {
  /** `toldAt`: the media clock when the event came. */
  readonly starts: readonly { at: number; toldAt: number; prerollFrom: number }[];
  readonly ends: readonly { at: number; toldAt: number }[];
}

async function hear(hearing: Hearing, samples: Int16Array, options: Partial<GateOptions> = {}): Promise<Heard> {
  const starts: Heard['starts'][number][] = [];
  const ends: Heard['ends'][number][] = [];
  let toldAt = 0;
  const onEvent = (event: GateEvent): void => {
    if (event.kind === 'speech-start') starts.push({ at: event.at, toldAt, prerollFrom: event.preroll[0]!.at });
    if (event.kind === 'speech-end') ends.push({ at: event.at, toldAt });
  };
  const gate = hearing.openGate({ silenceMs: 250, ...options, onEvent });
  for (const frame of framesOf(samples)) {
    toldAt = frame.at + 20;
    const judged = gate.probability;
    gate.push(frame);
    // In step with the audio: an answer takes some turns of the loop, most frames ask for none.
    for (let i = 0; i < 4 && gate.probability === judged; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  await gate.flush();
  gate.close();
  return { starts, ends };
}

/** The starts in a room where a sound comes twice, at several places relative to the model's windows. */
async function startsOf(hearing: Hearing, sound: Int16Array): Promise<Heard['starts']> {
  const scenes = [0, 7, 13, 25].map((shift) => scene([LEAD + shift, sound, 800, sound, 800]));
  const heard: Heard['starts'][number][] = [];
  for (const samples of scenes) heard.push(...(await hear(hearing, samples)).starts);
  return heard;
}

/** v4 does not take the first half second of harvard-1 for speech. */
const sileros = [
  { engine: 'silero-v6', onset: { typical: 100, most: 180 }, end: { typical: 320, most: 420 }, deafTo: '' },
  { engine: 'silero-v4', onset: { typical: 280, most: 540 }, end: { typical: 360, most: 420 }, deafTo: 'harvard-1' },
] as const;
const engines = [
  ...sileros,
  { engine: 'webrtc', onset: { typical: 100, most: 120 }, end: { typical: 320, most: 360 }, deafTo: '' },
] as const;

describe.each(engines)('hearing with $engine', ({ engine, onset, end, deafTo }) => {
  let hearing: Hearing;
  beforeAll(async () => {
    hearing = await createHearing({ engine });
  });
  afterAll(() => hearing.close());

  const middle = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;

  test('finds where speech starts, soon, and keeps its first word', async () => {
    const delays: number[] = [];
    for (const clip of SPOKEN_CLIPS.filter((name) => name !== deafTo)) {
      const { starts } = await hear(hearing, scene([LEAD, spoken(clip), 1000]));
      const [start] = starts;
      delays.push(start!.toldAt - LEAD);
      expect(start!.toldAt - LEAD).toBeLessThanOrEqual(onset.most);
      expect(start!.toldAt).toBeGreaterThan(LEAD);
      expect(LEAD - start!.prerollFrom).toBeGreaterThanOrEqual(100);
      expect(LEAD - start!.prerollFrom).toBeLessThanOrEqual(500);
    }
    expect(middle(delays)).toBeLessThanOrEqual(onset.typical);
  });

  test('finds where speech ends', async () => {
    const delays: number[] = [];
    for (const clip of SPOKEN_CLIPS) {
      const speech = spoken(clip);
      const last = LEAD + speech.length / 16;
      const { ends } = await hear(hearing, scene([LEAD, speech, 1000]));
      expect(Math.abs(ends.at(-1)!.at - last)).toBeLessThanOrEqual(180);
      expect(ends.at(-1)!.toldAt - last).toBeLessThanOrEqual(end.most);
      delays.push(ends.at(-1)!.toldAt - last);
    }
    expect(middle(delays)).toBeLessThanOrEqual(end.typical);
  });

  test('never starts in silence, digital or of a room', async () => {
    for (const samples of [new Int16Array(16 * 8000), scene([8000])]) {
      expect((await hear(hearing, samples)).starts).toEqual([]);
    }
  });

  test('does not start with a click or a short tone', async () => {
    const click = Int16Array.from({ length: 640 }, (_, i) => 12_000 * Math.sin(i / 2) * Math.exp(-i / 160));
    const tone = Int16Array.from({ length: 640 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 1000 * i) / 16_000));
    for (const sound of [click, tone]) expect(await startsOf(hearing, sound)).toEqual([]);
  });

  test('takes a pause of 150 ms for part of the speech and one of 400 ms for its end', async () => {
    const halves = [spoken('weatherlike', 330, 720), spoken('weatherlike', 720, 1140)] as const;
    const short = await hear(hearing, scene([LEAD, halves[0], 150, halves[1], 1000]));
    expect([short.starts.length, short.ends.length]).toEqual([1, 1]);
    const long = await hear(hearing, scene([LEAD, halves[0], 400, halves[1], 1000]));
    expect([long.starts.length, long.ends.length]).toEqual([2, 2]);
  });

  test('waits as long as it is told to', async () => {
    const samples = scene([LEAD, spoken('goforward'), 600, spoken('weatherlike'), 1500]);
    expect((await hear(hearing, samples, { silenceMs: 200 })).ends).toHaveLength(2);
    expect((await hear(hearing, samples, { silenceMs: 900 })).ends).toHaveLength(1);
  });
});

describe.each(sileros)('$engine', ({ engine, onset }) => {
  let hearing: Hearing;
  beforeAll(async () => {
    hearing = await createHearing({ engine });
  });
  afterAll(() => hearing.close());

  test.each(SPOKEN_CLIPS)('hears %s in pink noise at 10 dB', async (clip) => {
    const { starts } = await hear(hearing, scene([LEAD, spoken(clip), 1500], 10));
    expect(starts[0]!.toldAt - LEAD).toBeGreaterThan(0);
    expect(starts[0]!.toldAt - LEAD).toBeLessThanOrEqual(onset.most);
  });

  test('never starts in noise alone, steady or a burst', async () => {
    const steady = Int16Array.from(pinkNoise(16 * 8000), (x) => x * 300);
    expect((await hear(hearing, steady)).starts).toEqual([]);
    const burst = Int16Array.from(pinkNoise(16 * 300, 5), (x) => x * 4000);
    expect(await startsOf(hearing, burst)).toEqual([]);
  });
});

test('is Silero v6 unless told otherwise, and closes its gates with it', async () => {
  const hearing = await createHearing();
  let closed = 0;
  const events: GateEvent[] = [];
  const gate = hearing.openGate({ onEvent: (event) => events.push(event), onClose: () => closed++ });
  hearing.openGate({ onEvent: () => {}, onClose: () => closed++ }).close();
  for (const frame of framesOf(scene([100, spoken('jfk', 0, 2000)]))) gate.push(frame);
  const closing = hearing.close();
  expect(hearing.close()).toBe(closing);
  await closing;
  gate.push(framesOf(new Int16Array(320))[0]!);
  gate.close();
  expect(closed).toBe(2);
  expect(events).toEqual([]);
  expect(() => hearing.openGate({ onEvent: () => {} })).toThrow(VadClosed);
});

test('one hundred callers at once hear what each hears alone', async () => {
  const hearing = await createHearing();
  const scenes = SPOKEN_CLIPS.map((clip, i) => scene([300 + 7 * i, spoken(clip, 0, 1200), 700]));
  const told = (events: string[]) => (event: GateEvent) => {
    if (event.kind === 'state') events.push(event.state);
    if (event.kind === 'speech-start') events.push(`${event.at} (${event.preroll[0]!.at}`);
    if (event.kind === 'speech-end') events.push(`${event.at})`);
  };
  const alone: string[][] = [];
  for (const samples of scenes) {
    const events: string[] = [];
    const gate = hearing.openGate({ onEvent: told(events) });
    for (const frame of framesOf(samples)) {
      gate.push(frame);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await gate.flush();
    alone.push(events);
  }
  const callers = Array.from({ length: 100 }, (_, i) => {
    const events: string[] = [];
    const frames = framesOf(scenes[i % scenes.length]!);
    return { events, frames, gate: hearing.openGate({ onEvent: told(events) }) };
  });
  for (let step = 0; step < 150; step++) {
    callers.forEach(({ gate, frames }, i) => {
      const frame = frames[step - (i % 10)];
      if (frame) gate.push(frame);
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(callers.map(({ gate }) => gate.flush()));
  callers.forEach(({ events }, i) => {
    expect(events).toEqual(alone[i % scenes.length]);
  });
  await hearing.close();
}, 20_000);
