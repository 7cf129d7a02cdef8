import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ProviderError, type VadModel } from '../contracts/index.ts';
import { seededRandom } from '../testing/signal.ts';
import { SPOKEN_CLIPS, scene, spoken } from '../testing/speech-scene.ts';
import { VadClosed } from './vad-closed.ts';
import { type Fvad, loadFvad, WebrtcEngine } from './webrtc.ts';
import { AnswerMean } from './webrtc-mean.ts';

const SIZE = 320;
const WINDOW_MS = 20;

/** Every whole window of `samples`. */
const windowsOf = (samples: Int16Array): Int16Array[] =>
  Array.from({ length: Math.floor(samples.length / SIZE) }, (_, i) => samples.subarray(i * SIZE, (i + 1) * SIZE));

async function judge(model: VadModel, samples: Int16Array): Promise<number[]> {
  const probabilities: number[] = [];
  for (const window of windowsOf(samples)) probabilities.push(await model.probability(window));
  return probabilities;
}

describe('the WebRTC voice detector', () => {
  let engine: WebrtcEngine;
  beforeEach(async () => {
    engine = await WebrtcEngine.load();
  });
  afterEach(() => engine.close());

  test.each(SPOKEN_CLIPS)(
    'leans towards speech where %s begins, is sure soon, and lets go where it ends',
    async (clip) => {
      const speech = spoken(clip);
      const end = 1000 + speech.length / 16;
      const probabilities = await judge(engine.open(), scene([1000, speech, 600]));
      const at = (threshold: number): number => probabilities.findIndex((p) => p >= threshold) * WINDOW_MS;
      expect(Math.abs(at(0.5) - 1000)).toBeLessThanOrEqual(40);
      expect(at(0.85) + WINDOW_MS - 1000).toBeLessThanOrEqual(100);
      const lastSpeech = (probabilities.findLastIndex((p) => p >= 0.5) + 1) * WINDOW_MS;
      expect(Math.abs(lastSpeech - end)).toBeLessThanOrEqual(60);
    },
  );

  test('lets go of a sound of 40 ms before libfvad does', async () => {
    const tone = Int16Array.from({ length: 640 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 1000 * i) / 16_000));
    for (const shift of [0, 3, 7, 12]) {
      const probabilities = await judge(engine.open(), scene([500 + shift, tone, 400]));
      const inclined = probabilities.filter((p) => p >= 0.35).length * WINDOW_MS;
      expect(inclined).toBeGreaterThanOrEqual(40);
      // libfvad says yes for 110 ms; the mean would be inclined for 140.
      expect(inclined).toBeLessThanOrEqual(100);
    }
  });

  test('judges three hundred streams in turn as each alone', async () => {
    const scenes = SPOKEN_CLIPS.map((clip, i) => scene([200 + 7 * i, spoken(clip, 0, 1000), 300]));
    const alone = await Promise.all(scenes.map((samples) => judge(engine.open(), samples)));
    const streams = Array.from({ length: 300 }, (_, i) => {
      const clip = i % scenes.length;
      return { model: engine.open(), windows: windowsOf(scenes[clip]!), expected: alone[clip]!, got: [] as number[] };
    });
    for (let step = 0; step < 80; step++) {
      for (const { model, windows, got } of streams) {
        const window = windows[step];
        if (window) got.push(await model.probability(window));
      }
    }
    for (const { got, expected } of streams) expect(got).toEqual(expected);
  });

  test('forgets at a reset', async () => {
    const samples = scene([100, spoken('jfk', 0, 500)]);
    const model = engine.open();
    const fresh = await judge(model, samples);
    expect(await judge(model, samples)).not.toEqual(fresh);
    model.reset();
    expect(await judge(model, samples)).toEqual(fresh);
  });

  test('stays within 0 and 1 whatever it is fed, and hears speech after that', async () => {
    const random = seededRandom(5);
    const white = Int16Array.from({ length: SIZE * 100 }, () => Math.floor(random() * 65_536) - 32_768);
    const square = Int16Array.from({ length: SIZE * 100 }, (_, i) => (i % 3 === 0 ? 32_767 : -32_768));
    const model = engine.open();
    for (const garbage of [white, square, new Int16Array(SIZE * 100).fill(-32_768), new Int16Array(SIZE * 100)]) {
      for (const p of await judge(model, garbage)) expect(p >= 0 && p <= 1).toBe(true);
    }
    expect(Math.max(...(await judge(model, scene([3000, spoken('goforward')]))))).toBe(1);
  });

  test('refuses a window of another length, and goes on', async () => {
    const model = engine.open();
    for (const length of [0, 160, 319, 512]) {
      await expect(model.probability(new Int16Array(length))).rejects.toThrow(RangeError);
    }
    expect(await model.probability(new Int16Array(SIZE))).toBe(0);
  });

  test('closes a stream once and leaves the others alone', async () => {
    const [leaving, staying] = [engine.open(), engine.open()];
    leaving.close();
    leaving.close();
    leaving.reset();
    await expect(leaving.probability(new Int16Array(SIZE))).rejects.toThrow(VadClosed);
    expect(await staying.probability(new Int16Array(SIZE))).toBe(0);
  });

  test('closes once, its streams with it', async () => {
    const stream = engine.open();
    const closing = engine.close();
    expect(engine.close()).toBe(closing);
    await closing;
    await expect(stream.probability(new Int16Array(SIZE))).rejects.toThrow(VadClosed);
    expect(() => engine.open()).toThrow(VadClosed);
  });

  test('does not load for a caller who has gone', async () => {
    await expect(WebrtcEngine.load({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    const leaving = new AbortController();
    const loading = WebrtcEngine.load({ signal: leaving.signal });
    leaving.abort(new Error('left'));
    await expect(loading).rejects.toThrow('left');
  });
});

/** Real libfvad that counts what is taken from its memory and given back. */
async function countedFvad(): Promise<{ fvad: Fvad; live: () => number; starve: () => void }> {
  const real = await loadFvad();
  let live = 0;
  let starved = false;
  const counting =
    <T>(change: number, call: (n: number) => T) =>
    (n: number): T => {
      live += change;
      return call(n);
    };
  const fvad = Object.assign(Object.create(real) as Fvad, {
    _malloc: counting(1, real._malloc),
    _fvad_new: () => (starved ? 0 : counting(1, real._fvad_new)(0)),
    _free: counting(-1, real._free),
    _fvad_free: counting(-1, real._fvad_free),
  });
  return { fvad, live: () => live, starve: () => (starved = true) };
}

describe('the memory of the WebRTC voice detector', () => {
  test('comes back with each stream and with the engine', async () => {
    const { fvad, live } = await countedFvad();
    const engine = new WebrtcEngine(fvad);
    const streams = Array.from({ length: 50 }, () => engine.open());
    expect(live()).toBe(51);
    for (const stream of streams.slice(0, 20)) stream.close();
    streams[0]!.close();
    expect(live()).toBe(31);
    await engine.close();
    streams.at(-1)!.close();
    expect(live()).toBe(0);
  });

  test('does not grow with streams that come and go', async () => {
    const fvad = await loadFvad();
    const engine = new WebrtcEngine(fvad);
    const room = fvad.HEAP16.length;
    for (let i = 0; i < 50_000; i++) engine.open().close();
    expect(fvad.HEAP16.length).toBe(room);
    await engine.close();
  });

  test('grows with the streams that are open, and none of them notices', async () => {
    const fvad = await loadFvad();
    const engine = new WebrtcEngine(fvad);
    const room = fvad.HEAP16.length;
    const samples = scene([100, spoken('jfk', 0, 500)]);
    const fresh = await judge(engine.open(), samples);
    const early = engine.open();
    const before = await judge(early, samples.subarray(0, SIZE * 20));
    for (let i = 0; i < 30_000 && fvad.HEAP16.length === room; i++) engine.open();
    expect(fvad.HEAP16.length).toBeGreaterThan(room);
    expect([...before, ...(await judge(early, samples.subarray(SIZE * 20)))]).toEqual(fresh);
    expect(await judge(engine.open(), samples)).toEqual(fresh);
    await engine.close();
  });

  test('that is used up is said so', async () => {
    const { fvad, starve } = await countedFvad();
    const engine = new WebrtcEngine(fvad);
    starve();
    expect(() => engine.open()).toThrow(ProviderError);
    await engine.close();
  });
});

describe('the mean of hard answers', () => {
  test('is sure of five frames of speech in a row, and not of four', () => {
    const mean = new AnswerMean();
    for (let i = 0; i < 4; i++) mean.add('speech');
    mean.add('held');
    expect(mean.probability).toBeLessThan(0.85);
    mean.clear();
    for (let i = 0; i < 5; i++) mean.add('speech');
    expect(mean.probability).toBe(1);
  });

  test('leans away within 30 ms of silence, and is silence after 50', () => {
    const mean = new AnswerMean();
    for (let i = 0; i < 9; i++) mean.add('speech');
    for (let i = 0; i < 3; i++) mean.add('silence');
    expect(mean.probability).toBeLessThan(0.5);
    for (let i = 0; i < 2; i++) mean.add('silence');
    expect(mean.probability).toBe(0);
  });
});
