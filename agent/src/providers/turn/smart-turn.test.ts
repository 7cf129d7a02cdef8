import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ProviderError } from '../../contracts/index.ts';
import { speechClip } from '../../testing/index.ts';
import { NEUTRAL, SmartTurn } from './smart-turn.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
/** Input and output of Smart Turn, and a formula instead of a brain: what is loud to its end goes on. */
const TINY = at('fixtures/models/tiny-turn/model.onnx');
const SILERO = createRequire(import.meta.url).resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx');

const { samples: lamp } = speechClip('turnonlamp');
/** In the middle of a word. */
const cut = lamp.subarray(0, 12_800);
const finished = Int16Array.from([...lamp, ...new Int16Array(4800)]);
const never = new AbortController().signal;

describe('Smart Turn', () => {
  let detector: SmartTurn;
  beforeAll(async () => {
    detector = await SmartTurn.load({ file: TINY });
  });
  afterAll(() => detector.close());
  const predict = (audio: Int16Array, signal = never): Promise<number> => detector.predict({ audio }, { signal });

  test('tells a sentence that is over from one that goes on', async () => {
    expect(await predict(finished)).toBeGreaterThan(0.8);
    expect(await predict(cut)).toBeLessThan(0.2);
  });

  test('answers each of many callers about its own words', async () => {
    const answers = await Promise.all([finished, cut, finished, cut].map((audio) => predict(audio)));
    expect(answers.map((probability) => probability > 0.5)).toEqual([true, false, true, false]);
  });

  test('leaves the caller its audio', async () => {
    const copy = cut.slice();
    await predict(copy);
    expect(copy).toEqual(cut);
  });

  test('judges silence and nothing at all without a fault', async () => {
    for (const audio of [new Int16Array(0), new Int16Array(16_000)]) expect(await predict(audio)).toBeGreaterThan(0);
  });

  test('forgets a question that is taken back, and goes on with the next', async () => {
    const gone = new AbortController();
    const first = predict(finished, gone.signal);
    const second = predict(finished, gone.signal);
    const third = predict(cut);
    gone.abort(new Error('the caller goes on'));
    await expect(first).rejects.toThrow('the caller goes on');
    await expect(second).rejects.toThrow('the caller goes on');
    expect(await third).toBeLessThan(0.2);
    await expect(predict(cut, gone.signal)).rejects.toThrow('the caller goes on');
  });

  test('takes the newest pause first', async () => {
    const order: number[] = [];
    await Promise.all([0, 1, 2, 3].map(async (caller) => predict(cut).then(() => order.push(caller))));
    expect(order).toEqual([0, 3, 2, 1]);
  });

  test('has no opinion on the oldest pauses where far too many wait', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => predict(finished)));
    expect(answers.filter((probability) => probability === NEUTRAL)).toHaveLength(30 - 1 - 16);
    expect(answers[0]).toBeGreaterThan(0.8);
    expect(answers.at(-1)).toBeGreaterThan(0.8);
  });
});

test.each([
  ['another model', SILERO, /not a Smart Turn v3 model: its inputs are input, state, sr, not input_features/],
  ['no model', at('package.json'), /package\.json cannot be used: /],
  ['nothing', at('fixtures/none.onnx'), /none\.onnx cannot be used: /],
])('a file with %s in it is refused with the reason', async (_, file, reason) => {
  const failure = await SmartTurn.load({ file }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProviderError);
  expect(failure).toMatchObject({ stage: 'turn', reason: 'unavailable', message: expect.stringMatching(reason) });
});

test('it does not load for somebody who has gone', async () => {
  await expect(SmartTurn.load({ file: TINY, signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  const leaving = new AbortController();
  const loading = SmartTurn.load({ file: TINY, signal: leaving.signal });
  leaving.abort(new Error('left'));
  await expect(loading).rejects.toThrow('left');
});

test('once closed it has no opinion, and closes once', async () => {
  const detector = await SmartTurn.load({ file: TINY });
  const open = detector.predict({ audio: finished }, { signal: never });
  const closing = detector.close();
  expect(detector.close()).toBe(closing);
  await closing;
  expect(await open).toBeGreaterThanOrEqual(NEUTRAL);
  expect(await detector.predict({ audio: finished }, { signal: never })).toBe(NEUTRAL);
});
