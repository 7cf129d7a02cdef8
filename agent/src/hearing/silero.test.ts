import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from 'onnxruntime-node';
import { ProviderError, type VadModel } from '../contracts/index.ts';
import { seededRandom, settle, speechClip } from '../testing/index.ts';
import { SileroEngine, type SileroSession } from './silero.ts';
import { VadClosed } from './vad-closed.ts';

const jfk = speechClip('jfk').samples;
/** By how much batched and single answers may differ: v4's convolutions add up in another order. */
const versions = [
  { version: 'v6', tolerance: 0 },
  { version: 'v4', tolerance: 1e-5 },
] as const;

/** A stream's windows: the clip from its own place on. */
const windowsFrom = (start: number, count: number, size: number): Int16Array[] =>
  Array.from({ length: count }, (_, i) => jfk.subarray(start + i * size, start + (i + 1) * size));

const inTurn = async (model: VadModel, windows: readonly Int16Array[]): Promise<number[]> => {
  const probabilities: number[] = [];
  for (const window of windows) probabilities.push(await model.probability(window));
  return probabilities;
};

describe.each(versions)('Silero $version', ({ version, tolerance }) => {
  let engine: SileroEngine;
  beforeAll(async () => {
    engine = await SileroEngine.load({ version });
  });
  afterAll(() => engine.close());

  test('tells speech from silence', async () => {
    const model = engine.open();
    const silence = await inTurn(model, Array(4).fill(new Int16Array(engine.windowSamples)));
    const speech = await inTurn(model, windowsFrom(32_000, 12, engine.windowSamples));
    expect(Math.max(...silence)).toBeLessThan(0.1);
    expect(Math.max(...speech)).toBeGreaterThan(0.9);
  });

  test('judges 130 streams together as each alone, whoever is there in a turn', async () => {
    const streams = 130;
    const steps = 6;
    const windows = Array.from({ length: streams }, (_, s) => windowsFrom(s * 500, steps, engine.windowSamples));
    const alone: number[][] = [];
    for (const each of windows) alone.push(await inTurn(engine.open(), each));
    const random = seededRandom(3);
    const together = await Promise.all(
      windows.map(async (each) => {
        const model = engine.open();
        const probabilities: number[] = [];
        for (const window of each) {
          for (let turns = Math.floor(random() * 4); turns > 0; turns--) await settle();
          probabilities.push(await model.probability(window));
        }
        return probabilities;
      }),
    );
    const worst = Math.max(...together.flatMap((each, s) => each.map((p, i) => Math.abs(p - alone[s]![i]!))));
    expect(worst).toBeLessThanOrEqual(tolerance);
  });

  test('forgets at a reset, even with a window in flight, which is judged by what came before', async () => {
    const windows = windowsFrom(8000, 6, engine.windowSamples);
    const fresh = await inTurn(engine.open(), windows);
    const model = engine.open();
    await inTurn(model, windows.slice(0, 2));
    const inFlight = model.probability(windows[2]!);
    model.reset();
    expect(await inFlight).toBe(fresh[2]);
    expect(await inTurn(model, windows)).toEqual(fresh);
    model.reset();
    expect(await inTurn(model, windows)).toEqual(fresh);
  });
});

/** Answers with the row's number; keeps each run's rows and input, and whether two overlapped. */
class SessionDouble implements SileroSession {
  readonly rows: number[] = [];
  readonly inputs: Float32Array[] = [];
  running = 0;
  mostRunning = 0;
  released = 0;
  failure: Error | undefined;

  async run(feeds: Record<string, Tensor>, fetches: unknown): Promise<Record<string, Tensor>> {
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    await new Promise((resolve) => setImmediate(resolve));
    this.running--;
    this.rows.push(feeds.input!.dims[0]!);
    this.inputs.push((feeds.input!.data as Float32Array).slice());
    if (this.failure) throw this.failure;
    const { output } = fetches as Record<string, Tensor>;
    (output!.data as Float32Array).forEach((_, i, all) => {
      all[i] = i;
    });
    return {};
  }

  async release(): Promise<void> {
    if (this.running > 0) throw new Error('released while it runs');
    this.released++;
  }
}

const window = new Int16Array(512);
const open = (): { session: SessionDouble; engine: SileroEngine } => {
  const session = new SessionDouble();
  return { session, engine: new SileroEngine('v6', session) };
};

describe('the Silero engine', () => {
  test('runs the windows of one turn of the loop as one inference, later ones in the next', async () => {
    const { session, engine } = open();
    const models = Array.from({ length: 5 }, () => engine.open());
    const first = models.slice(0, 3).map((model) => model.probability(window));
    expect(await Promise.all(first)).toEqual([0, 1, 2]);
    await Promise.all(models.map((model) => model.probability(window)));
    expect(session.rows).toEqual([3, 5]);
  });

  test('never overlaps two runs, and splits more than 128 windows', async () => {
    const { session, engine } = open();
    const models = Array.from({ length: 300 }, () => engine.open());
    const first = models.slice(0, 10).map((model) => model.probability(window));
    await new Promise((resolve) => setImmediate(resolve));
    const rest = models.slice(10).map((model) => model.probability(window));
    await Promise.all([...first, ...rest]);
    expect(session.rows).toEqual([10, 128, 128, 34]);
    expect(session.mostRunning).toBe(1);
  });

  test('takes its copy of a window before it returns, and feeds its end again ahead of the next', async () => {
    const { session, engine } = open();
    const model = engine.open();
    const reused = Int16Array.from({ length: 512 }, (_, i) => i * 64);
    const asked = model.probability(reused);
    reused.fill(16_384);
    await asked;
    await model.probability(reused);
    const [first, second] = session.inputs;
    expect([...first!.subarray(0, 66)]).toEqual([...Array(65).fill(0), 64 / 32_768]);
    expect(second!.subarray(0, 64)).toEqual(first!.subarray(512));
    expect(new Set(second!.subarray(64))).toEqual(new Set([0.5]));
    expect(second).toHaveLength(576);
  });

  test('refuses a window of another length and a second one at a time', async () => {
    const { engine } = open();
    const model = engine.open();
    await expect(model.probability(new Int16Array(320))).rejects.toThrow(RangeError);
    const first = model.probability(window);
    await expect(model.probability(window)).rejects.toThrow(TypeError);
    expect(await first).toBe(0);
  });

  test('rejects the pending window of a stream that closes and judges the others', async () => {
    const { session, engine } = open();
    const [leaving, staying] = [engine.open(), engine.open()];
    const lost = leaving.probability(window);
    const kept = staying.probability(window);
    leaving.close();
    leaving.close();
    await expect(lost).rejects.toThrow(VadClosed);
    expect(await kept).toBe(0);
    expect(session.rows).toEqual([1]);
    await expect(leaving.probability(window)).rejects.toThrow(VadClosed);
  });

  test('rejects a window in flight when its stream closes, and gives the others their own answers', async () => {
    const { engine } = open();
    const [leaving, staying] = [engine.open(), engine.open()];
    const lost = leaving.probability(window);
    const kept = staying.probability(window);
    setImmediate(() => leaving.close());
    await expect(lost).rejects.toThrow(VadClosed);
    expect(await kept).toBe(1);
  });

  test('closes once: rejects what is pending, lets the run end, then releases the session', async () => {
    const { session, engine } = open();
    const inFlight = engine.open().probability(window);
    await new Promise((resolve) => setImmediate(resolve));
    const queued = engine.open().probability(window);
    const closing = engine.close();
    expect(engine.close()).toBe(closing);
    await expect(inFlight).rejects.toThrow(VadClosed);
    await expect(queued).rejects.toThrow(VadClosed);
    await closing;
    expect([session.released, session.rows]).toEqual([1, [1]]);
    expect(() => engine.open()).toThrow(VadClosed);
  });

  test('fails every window of a failed inference with a ProviderError, and the next inference goes on', async () => {
    const { session, engine } = open();
    const models = [engine.open(), engine.open()];
    session.failure = new Error('out of memory');
    const failed = await Promise.allSettled(models.map((model) => model.probability(window)));
    for (const each of failed) {
      const { reason } = each as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(ProviderError);
      expect(reason).toMatchObject({ stage: 'vad', reason: 'unavailable', cause: session.failure });
    }
    session.failure = undefined;
    expect(await Promise.all(models.map((model) => model.probability(window)))).toEqual([0, 1]);
  });

  test('does not load for a caller who has gone', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(SileroEngine.load({ version: 'v6', signal: gone })).rejects.toThrow('gone');
    const leaving = new AbortController();
    const loading = SileroEngine.load({ version: 'v6', signal: leaving.signal });
    leaving.abort(new Error('left'));
    await expect(loading).rejects.toThrow('left');
  });
});
