import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PcmFrame } from '../../contracts/index.ts';
import { all, failureOf, framesOf, ManualClock, OpenAiServer, sine, speechClip } from '../../testing/index.ts';
import { OpenAiAsr } from './openai.ts';

const STREAMING = 'gpt-4o-mini-transcribe';
const WHISPER = 'whisper-1';
const TIMEOUT_MS = 5000;
const never = new AbortController().signal;
const clip = speechClip('goforward').samples;

let server: OpenAiServer;
let clock: ManualClock;
const warnings: string[] = [];

beforeEach(async () => {
  server = await OpenAiServer.start();
  clock = new ManualClock();
  warnings.length = 0;
});
afterEach(() => server.close());

const asr = (model = STREAMING): OpenAiAsr =>
  new OpenAiAsr({
    access: { apiKey: 'sk-secret', baseUrl: server.url },
    settings: { model, timeoutMs: TIMEOUT_MS },
    clock,
    log: (_, message) => warnings.push(message),
  });

async function* stream(frames: Iterable<PcmFrame>): AsyncGenerator<PcmFrame> {
  yield* frames;
}

const speech = (samples = clip): AsyncIterable<PcmFrame> => stream(framesOf(samples));

describe('recognition by an OpenAI-compatible server', () => {
  test('uploads the whole utterance as one WAV, with key, model, language and hints', async () => {
    await all(asr().transcribe(speech(), { signal: never, language: 'en-US', hints: ['Parley', 'mediasoup'] }));
    const [request] = server.requests;
    expect(request).toMatchObject({ path: 'audio/transcriptions', key: 'sk-secret' });
    expect(request?.body).toMatchObject({
      model: STREAMING,
      language: 'en',
      prompt: 'Parley, mediasoup',
      stream: 'true',
    });
    expect(request?.audio?.rate).toBe(16_000);
    const whole = framesOf(clip).flatMap(({ samples }) => [...samples]);
    expect([...(request?.audio?.samples ?? [])]).toEqual(whole);
  });

  test('gives each streamed word as a partial, then one final', async () => {
    server.script.transcribe = () => ({ text: 'go forward ten meters' });
    expect(await all(asr().transcribe(speech(), { signal: never }))).toEqual([
      { kind: 'partial', text: 'go' },
      { kind: 'partial', text: 'go forward' },
      { kind: 'partial', text: 'go forward ten' },
      { kind: 'partial', text: 'go forward ten meters' },
      { kind: 'final', text: 'go forward ten meters' },
    ]);
  });

  test('wraps a model that does not stream', async () => {
    expect(await all(asr(WHISPER).transcribe(speech(), { signal: never }))).toEqual([
      { kind: 'final', text: 'these are the words' },
    ]);
    expect(server.requests[0]?.body).not.toHaveProperty('stream', 'true');
  });

  test('takes a whole answer from a server that does not stream, though asked to', async () => {
    server.script.transcribe = () => ({ text: 'go forward', whole: true });
    expect(await all(asr().transcribe(speech(), { signal: never }))).toEqual([{ kind: 'final', text: 'go forward' }]);
    expect(server.requests).toHaveLength(1);
  });

  test('asks a server that refuses to stream again without, and from then on at once', async () => {
    server.script.transcribe = ({ body }) =>
      body.stream === 'true' ? { status: 400, message: 'unknown field: stream' } : { text: 'go forward' };
    const engine = asr();
    for (const _ of [1, 2]) {
      expect(await all(engine.transcribe(speech(), { signal: never }))).toEqual([
        { kind: 'final', text: 'go forward' },
      ]);
    }
    expect(server.requests.map(({ body }) => body.stream)).toEqual(['true', 'false', 'false']);
    expect(server.requests[1]?.audio?.samples).toEqual(server.requests[0]?.audio?.samples);
  });

  test('tells what a server says to the plain request, where it refuses both', async () => {
    server.script.transcribe = () => ({ status: 400, message: 'no such model' });
    expect(await failureOf(all(asr().transcribe(speech(), { signal: never })))).toMatchObject({
      reason: 'bad-request',
      message: expect.stringContaining('no such model'),
    });
  });

  test.each([
    ['gpt-transcribe', { 'keywords[]': 'Parley' }],
    ['gpt-4o-transcribe', { prompt: 'Parley' }],
    ['whisper-1', { prompt: 'Parley' }],
  ])('gives %s hints as it takes them', async (model, hints) => {
    await all(asr(model).transcribe(speech(), { signal: never, hints: ['Parley'] }));
    expect(server.requests[0]?.body).toMatchObject(hints);
  });

  test('asks nothing for an utterance that is too short to hold a word', async () => {
    expect(await all(asr().transcribe(speech(clip.subarray(0, 1000)), { signal: never }))).toEqual([
      { kind: 'final', text: '' },
    ]);
    expect(server.requests).toHaveLength(0);
  });

  test('cuts what is longer than two minutes, and says so', async () => {
    const minute = sine(300, 16_000, 16_000 * 60);
    const frames = [0, 1, 2].map((at) => ({ samples: minute, rate: 16_000, at: at * 60_000 }));
    await all(asr().transcribe(stream(frames), { signal: never }));
    expect(server.requests[0]?.audio?.samples).toHaveLength(16_000 * 120);
    expect(warnings).toEqual([expect.stringContaining('longer than 120 s')]);
  });
});

describe('stopping', () => {
  test('while the caller still speaks asks nothing', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<PcmFrame> {
      yield* framesOf(clip);
      stop.abort(new Error('barge-in'));
      await new Promise(() => {});
    }
    expect(await failureOf(all(asr().transcribe(endless(), { signal: stop.signal })))).toEqual(new Error('barge-in'));
    expect(server.requests).toHaveLength(0);
  });

  test.each([STREAMING, WHISPER])('while a server is stuck hangs up (%s)', async (model) => {
    const stop = new AbortController();
    server.script.transcribe = () => {
      stop.abort(new Error('superseded'));
      return { text: '', trouble: 'hang' };
    };
    expect(await failureOf(all(asr(model).transcribe(speech(), { signal: stop.signal })))).toEqual(
      new Error('superseded'),
    );
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });

  test('in mid-transcript hangs up', async () => {
    const stop = new AbortController();
    server.script.transcribe = () => ({ text: 'go forward ten meters', trouble: 'hang', after: 2 });
    const heard: string[] = [];
    const failure = await failureOf(
      (async () => {
        for await (const { text } of asr().transcribe(speech(), { signal: stop.signal })) {
          if (heard.push(text) === 2) stop.abort(new Error('superseded'));
        }
      })(),
    );
    expect(failure).toEqual(new Error('superseded'));
    expect(heard).toEqual(['go', 'go forward']);
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });
});

describe('trouble', () => {
  test('a server that says nothing for too long is a timeout', async () => {
    server.script.transcribe = () => {
      void clock.advance(TIMEOUT_MS);
      return { text: '', trouble: 'hang' };
    };
    expect(await failureOf(all(asr().transcribe(speech(), { signal: never })))).toMatchObject({ reason: 'timeout' });
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });

  test.each([
    ['end-early', 'unavailable'],
    ['break-off', 'unavailable'],
    ['garbage', 'unavailable'],
    ['error', 'rate-limited'],
  ] as const)('a transcript that comes to %s fails as %s', async (trouble, reason) => {
    server.script.transcribe = () => ({ text: 'go forward ten', trouble, after: 2 });
    expect(await failureOf(all(asr().transcribe(speech(), { signal: never })))).toMatchObject({ stage: 'asr', reason });
  });

  test('a whole answer that is none fails as unavailable', async () => {
    server.script.transcribe = () => ({ text: '', whole: true, trouble: 'garbage' });
    expect(await failureOf(all(asr().transcribe(speech(), { signal: never })))).toMatchObject({
      reason: 'unavailable',
    });
  });

  test('a source that fails is told as it is', async () => {
    const broken = new RangeError('the decoder is gone');
    // biome-ignore lint/correctness/useYield: fails before it gives anything
    async function* failing(): AsyncGenerator<PcmFrame> {
      throw broken;
    }
    expect(await failureOf(all(asr().transcribe(failing(), { signal: never })))).toBe(broken);
  });
});
