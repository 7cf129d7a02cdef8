import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProviderFailure, SpeakOptions, SpeechChunk, TtsProvider } from '../../../contracts/index.ts';
import { EMOTIONS } from '../../../contracts/index.ts';
import { all, failureOf, type ManualClock, settle, until } from '../../../testing/index.ts';
import { hzOf, SPOKEN_MS, type SpeechDouble, textOf } from './scripted-speech.ts';

export interface TtsUnderTest {
  readonly tts: TtsProvider;
  /** What it speaks through. */
  readonly service: SpeechDouble;
  readonly clock: ManualClock;
  readonly timeoutMs: number;
}

export interface ContractOptions {
  /** False where the service answers a text with one piece. */
  readonly streams?: boolean;
  /** False where any bytes are audio. */
  readonly hasFraming?: boolean;
  /** The ways to refuse that the service has. */
  readonly refusals: readonly ProviderFailure[];
}

const STOP_MS = 50;
const never = new AbortController().signal;
const bargeIn = new Error('barge-in');

/** What everyone who speaks for the agent through a service keeps to. */
export function keepsTheTtsContract(
  name: string,
  start: () => Promise<TtsUnderTest>,
  { streams = true, hasFraming = true, refusals }: ContractOptions,
): void {
  describe(`${name} keeps the contract of speech:`, () => {
    let it: TtsUnderTest;
    beforeEach(async () => {
      it = await start();
    });
    afterEach(async () => {
      await it.tts.close?.();
      await it.service.close();
      await settle(); // a rejection that nobody handles fails the test here
    });

    const say = (text: string, options: Partial<SpeakOptions> = {}): Promise<SpeechChunk[]> =>
      all(it.tts.speak(text, { signal: never, ...options }));
    const audioOf = (chunks: readonly SpeechChunk[]): Int16Array =>
      Int16Array.from(chunks.flatMap((chunk) => (chunk.kind === 'audio' ? [...chunk.samples] : [])));
    const speaksWell = async (hz: number): Promise<void> => {
      const audio = audioOf(await say(textOf(hz)));
      expect(Math.abs(hzOf(audio, it.tts.rate) / hz - 1)).toBeLessThan(0.05);
    };

    test('it speaks at the rate that it states, for as long as the service spoke', async () => {
      const audio = audioOf(await say(textOf(440)));
      expect(Math.abs((audio.length * 1000) / it.tts.rate - SPOKEN_MS)).toBeLessThan(30);
      expect(Math.abs(hzOf(audio, it.tts.rate) - 440)).toBeLessThan(20);
    });

    test('it tells words in order, none before the speech or after it', async () => {
      const times = (await say(textOf(300))).flatMap((chunk) => (chunk.kind === 'word' ? [chunk.atMs] : []));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const atMs of times) expect(atMs >= 0 && atMs <= SPOKEN_MS).toBe(true);
    });

    test.each(['', '   ', '\n'])('of %j it asks nothing', async (text) => {
      expect(await say(text)).toEqual([]);
      expect(it.service.asked).toHaveLength(0);
    });

    test('it takes every way to speak, even ways that the engine does not know', async () => {
      for (const emotion of EMOTIONS)
        await say(textOf(300), { emotion, speed: 9, pitch: 0, voice: 'nobody "<&', language: 'en' });
      await say(textOf(300), { speed: 0.01, pitch: 9 });
      expect(it.service.asked).toHaveLength(EMOTIONS.length + 1);
    });

    test('it carries any text', async () => {
      const text = '5 < 7 & "so" it\'s \u0001 done 👋';
      await say(text);
      expect(it.service.asked[0]?.text.replace(/\s+/g, ' ')).toMatch(/^5 < 7 & "so" it's .?\s?done 👋$/u);
    });

    test('it speaks for several at once, each its own words', async () => {
      const heights = [200, 300, 400, 500, 600, 700, 800, 900];
      await Promise.all(heights.map(speaksWell));
    });

    test('stopped before it began, it asks nothing', async () => {
      expect(await failureOf(say('Hi.', { signal: AbortSignal.abort(bargeIn) }))).toBe(bargeIn);
      expect(it.service.asked).toHaveLength(0);
    });

    test(`stopped while the service is stuck, it ends within ${STOP_MS} ms and hangs up`, async () => {
      const stop = new AbortController();
      it.service.script = { kind: 'stall', after: 0 };
      const failure = failureOf(say('Hi.', { signal: stop.signal }));
      await until(() => it.service.asked.length === 1);
      const from = performance.now();
      stop.abort(bargeIn);
      expect(await failure).toBe(bargeIn);
      expect(performance.now() - from).toBeLessThan(STOP_MS);
      expect(await it.service.asked[0]?.ended).toBe('hung-up');
      it.service.script = { kind: 'speak' };
      await speaksWell(440);
    });

    test('a service that is stuck is a timeout', async () => {
      it.service.script = { kind: 'stall', after: 0 };
      const failure = failureOf(say('Hi.'));
      await until(() => it.service.asked.length === 1);
      await it.clock.advance(it.timeoutMs);
      expect(await failure).toMatchObject({ stage: 'tts', reason: 'timeout' });
      expect(await it.service.asked[0]?.ended).toBe('hung-up');
    });

    test.each(refusals.map((reason) => [reason]))('a refusal is %s, and the next text is spoken', async (as) => {
      it.service.script = { kind: 'refuse', as };
      expect(await failureOf(say('Hi.'))).toMatchObject({ stage: 'tts', reason: as });
      it.service.script = { kind: 'speak' };
      await speaksWell(440);
    });

    if (hasFraming) {
      test('rubbish is unavailable, and the next text is spoken', async () => {
        it.service.script = { kind: 'rubbish' };
        expect(await failureOf(say('Hi.'))).toMatchObject({ stage: 'tts', reason: 'unavailable' });
        it.service.script = { kind: 'speak' };
        await speaksWell(440);
      });
    }

    test('a service that breaks off before the first sound is unavailable', async () => {
      it.service.script = { kind: 'break-off', after: 0 };
      expect(await failureOf(say('Hi.'))).toMatchObject({ stage: 'tts', reason: 'unavailable' });
    });

    test('a service that is gone is unavailable', async () => {
      await say('Hi.');
      await it.service.close();
      expect(await failureOf(say('Hi.'))).toMatchObject({ stage: 'tts', reason: 'unavailable' });
    });

    test('it lists voices, each with a name and a language', async () => {
      const voices = await it.tts.voices();
      expect(voices.length).toBeGreaterThan(0);
      for (const voice of voices) expect(voice).toMatchObject({ id: /./, name: /./, language: /^[a-zA-Z-]+$/ });
    });

    if (!streams) return;

    test('the first sound does not wait for the last', async () => {
      it.service.script = { kind: 'stall', after: 2 };
      const speech = it.tts.speak(textOf(440), { signal: never })[Symbol.asyncIterator]();
      let step = await speech.next();
      while (!step.done && step.value.kind === 'word') step = await speech.next();
      expect(step.value).toMatchObject({ kind: 'audio' });
      await speech.return?.();
      expect(await it.service.asked[0]?.ended).toBe('hung-up');
    });

    test(`stopped in mid-sentence, it ends within ${STOP_MS} ms and hangs up`, async () => {
      const stop = new AbortController();
      it.service.script = { kind: 'stall', after: 2 };
      let stoppedAt = 0;
      const failure = await failureOf(
        (async () => {
          for await (const chunk of it.tts.speak(textOf(440), { signal: stop.signal })) {
            if (chunk.kind === 'word' || stoppedAt > 0) continue;
            stoppedAt = performance.now();
            stop.abort(bargeIn);
          }
        })(),
      );
      expect(failure).toBe(bargeIn);
      expect(performance.now() - stoppedAt).toBeLessThan(STOP_MS);
      expect(await it.service.asked[0]?.ended).toBe('hung-up');
    });

    test('a service that falls silent in mid-sentence is a timeout', async () => {
      it.service.script = { kind: 'stall', after: 2 };
      const failure = failureOf(
        (async () => {
          for await (const chunk of it.tts.speak(textOf(440), { signal: never }))
            if (chunk.kind === 'audio') setImmediate(() => void it.clock.advance(it.timeoutMs));
        })(),
      );
      expect(await failure).toMatchObject({ reason: 'timeout' });
    });

    test('a service that breaks off is unavailable, not a short sentence', async () => {
      it.service.script = { kind: 'break-off', after: 2 };
      expect(await failureOf(say(textOf(440)))).toMatchObject({ stage: 'tts', reason: 'unavailable' });
    });
  });
}
