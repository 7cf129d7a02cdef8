import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../codec/index.ts';
import { EMOTIONS, type SpeechChunk, type TtsSettings } from '../../contracts/index.ts';
import { all, bestLag, failureOf, ManualClock, OpenAiServer, sine } from '../../testing/index.ts';
import { OpenAiTts } from './openai.ts';

const TIMEOUT_MS = 15_000;
const never = new AbortController().signal;
const opus = await OpusLibrary.load();
const chirp = Int16Array.from({ length: 24_000 }, (_, i) => 9000 * Math.sin(i * (0.02 + i / 600_000)));

let server: OpenAiServer;
let clock: ManualClock;

beforeEach(async () => {
  server = await OpenAiServer.start();
  clock = new ManualClock();
});
afterEach(() => server.close());

const tts = ({ model = 'gpt-4o-mini-tts', format = 'pcm' }: Partial<TtsSettings> = {}): OpenAiTts =>
  new OpenAiTts({
    access: { apiKey: 'sk-secret', baseUrl: server.url },
    settings: { model, format, timeoutMs: TIMEOUT_MS },
    opus,
    clock,
  });

const audioOf = (chunks: readonly SpeechChunk[]): Int16Array =>
  Int16Array.from(chunks.flatMap((chunk) => (chunk.kind === 'audio' ? [...chunk.samples] : [])));

describe('speech by an OpenAI-compatible server', () => {
  test.each([1, 3, 4801])('is the very samples that were sent, cut into writes of %d bytes', async (pieceBytes) => {
    const samples = chirp.subarray(0, pieceBytes === 1 ? 500 : chirp.length);
    server.script.speak = () => ({ samples, pieceBytes });
    expect(audioOf(await all(tts().speak('Hello.', { signal: never })))).toEqual(samples);
  });

  test('comes as Ogg Opus where that is asked for, in time with what was sent', async () => {
    server.script.speak = () => ({ samples: chirp });
    const heard = audioOf(await all(tts({ format: 'opus' }).speak('Hello.', { signal: never })));
    expect(server.requests[0]?.body.response_format).toBe('opus');
    expect(bestLag(chirp, heard, 400).correlation).toBeGreaterThan(0.95);
    expect(Math.abs(bestLag(chirp, heard, 400).lag)).toBeLessThan(24);
  });

  test('is Opus as the server encoded it for those who take that, and samples where it is asked for PCM', async () => {
    server.script.speak = () => ({ samples: chirp });
    const options = { signal: never, takesOpus: true };
    const chunks = await all(tts({ format: 'opus' }).speak('Hello.', options));
    expect(chunks.map(({ kind }) => kind)).toEqual(Array(50).fill('opus'));
    const decoder = opus.decoder({ rate: 24_000 });
    const heard = chunks.flatMap((chunk) => (chunk.kind === 'opus' ? [...decoder.decode(chunk.packet)] : []));
    decoder.close();
    expect(bestLag(chirp, heard, 400).correlation).toBeGreaterThan(0.95);
    expect(audioOf(await all(tts().speak('Hello.', options)))).toEqual(chirp);
  });

  test('starts before the server has finished', async () => {
    const finish = Promise.withResolvers<void>();
    server.script.pace = (_, piece) => (piece === 1 ? finish.promise : undefined);
    const speech = tts().speak('A long sentence to say.', { signal: never });
    expect((await speech.next()).value).toMatchObject({ kind: 'audio' });
    finish.resolve();
    expect((await all(speech)).length).toBeGreaterThan(0);
  });

  test('is asked for with voice, speed and, as directions, feeling and pitch', async () => {
    await all(tts().speak('Hi.', { signal: never, voice: 'coral', speed: 9, emotion: 'whisper', pitch: 1.5 }));
    expect(server.requests[0]?.body).toEqual({
      model: 'gpt-4o-mini-tts',
      input: 'Hi.',
      voice: 'coral',
      response_format: 'pcm',
      speed: 4,
      instructions: 'Whisper. Speak in a higher voice than usual.',
    });
  });

  test('gives no directions to a model that takes none', async () => {
    for (const emotion of EMOTIONS) await all(tts({ model: 'tts-1' }).speak('Hi.', { signal: never, emotion }));
    for (const { body } of server.requests) expect(body).not.toHaveProperty('instructions');
  });

  test('of nothing asks nothing', async () => {
    expect(await all(tts().speak('  ', { signal: never }))).toEqual([]);
    expect(server.requests).toHaveLength(0);
  });
});

describe('stopping', () => {
  test('before the request asks nothing', async () => {
    const stopped = AbortSignal.abort(new Error('barge-in'));
    expect(await failureOf(all(tts().speak('Hi.', { signal: stopped })))).toEqual(new Error('barge-in'));
    expect(server.requests).toHaveLength(0);
  });

  test.each(['pcm', 'opus'] as const)('while a server is stuck hangs up (%s)', async (format) => {
    const stop = new AbortController();
    server.script.speak = () => {
      stop.abort(new Error('barge-in'));
      return { trouble: 'hang' };
    };
    expect(await failureOf(all(tts({ format }).speak('Hi.', { signal: stop.signal })))).toEqual(new Error('barge-in'));
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });

  test.each(['pcm', 'opus'] as const)('in mid-sentence hangs up (%s)', async (format) => {
    const stop = new AbortController();
    server.script.speak = () => ({ samples: sine(200, 24_000, 240_000), trouble: 'hang', after: 2 });
    const failure = await failureOf(
      (async () => {
        for await (const _ of tts({ format }).speak('Hi.', { signal: stop.signal })) stop.abort(new Error('barge-in'));
      })(),
    );
    expect(failure).toEqual(new Error('barge-in'));
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });
});

describe('trouble', () => {
  test('audio that breaks off is unavailable, not a short sentence', async () => {
    server.script.speak = () => ({ samples: chirp, trouble: 'break-off', after: 2 });
    expect(await failureOf(all(tts().speak('Hi.', { signal: never })))).toMatchObject({
      stage: 'tts',
      reason: 'unavailable',
    });
  });

  test('an answer without audio is unavailable', async () => {
    server.script.speak = () => ({ samples: new Int16Array(0) });
    expect(await failureOf(all(tts().speak('Hi.', { signal: never })))).toMatchObject({ reason: 'unavailable' });
  });

  test('what is not Ogg is unavailable', async () => {
    server.script.speak = () => ({ trouble: 'garbage' });
    expect(await failureOf(all(tts({ format: 'opus' }).speak('Hi.', { signal: never })))).toMatchObject({
      reason: 'unavailable',
    });
  });

  test('silence in mid-sentence is a timeout', async () => {
    server.script.speak = () => ({ samples: chirp, trouble: 'hang', after: 2 });
    const failure = await failureOf(
      (async () => {
        for await (const _ of tts().speak('Hi.', { signal: never })) setImmediate(() => void clock.advance(TIMEOUT_MS));
      })(),
    );
    expect(failure).toMatchObject({ reason: 'timeout' });
  });
});
