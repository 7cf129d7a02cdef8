import { afterEach, expect, jest, test } from '@jest/globals';
import { ASK_EVERY_MS, type EngineTrouble, EngineWatch } from './engine-watch.ts';

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
  jest.useRealTimers();
});

/** A watch on a server that gives these answers, the last one over and over; what it told, and how often it asked. */
function watching(...answers: readonly (readonly [status: number, body: unknown])[]) {
  jest.useFakeTimers();
  const told: (readonly EngineTrouble[])[] = [];
  let asked = 0;
  globalThis.fetch = async () => {
    const [status, body] = answers[Math.min(asked++, answers.length - 1)] as readonly [number, unknown];
    return new Response(JSON.stringify(body), { status });
  };
  const watch = new EngineWatch((trouble) => told.push(trouble));
  return { watch, told, asked: () => asked, pass: () => jest.advanceTimersByTimeAsync(ASK_EVERY_MS) };
}

const asr = (state: string) => ({
  stages: [
    {
      stage: 'asr',
      engines: [
        { name: 'openai', state },
        { name: 'pocketsphinx', state: 'up' },
      ],
    },
  ],
});

test('an engine that is passed over is told, and told of no more when it is back', async () => {
  const { watch, told, pass } = watching([200, asr('failing')], [200, asr('up')]);
  watch.start();
  watch.start();
  await pass();
  watch.stop();
  expect(told).toEqual([[{ stage: 'asr', name: 'openai', state: 'failing' }], []]);
});

test('a server that tells this page nothing is not asked again', async () => {
  const { watch, told, asked, pass } = watching([401, {}]);
  watch.start();
  await pass();
  watch.start();
  await pass();
  expect(asked()).toBe(1);
  expect(told).toEqual([]);
});

test('a server that cannot answer just now is asked again, and not after the call', async () => {
  const { watch, asked, pass } = watching([503, {}]);
  watch.start();
  await pass();
  watch.stop();
  await pass();
  expect(asked()).toBe(2);
});
