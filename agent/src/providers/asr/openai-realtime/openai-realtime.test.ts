import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { PcmFrame, Transcript } from '../../../contracts/index.ts';
import { all, bestLag, failureOf, framesOf, ManualClock, speechClip, until } from '../../../testing/index.ts';
import { RealtimeServer } from '../testing/realtime-server.ts';
import { OpenAiRealtimeAsr } from './openai-realtime.ts';
import { parseEvent, realtimeUrl } from './protocol.ts';

jest.setTimeout(30_000);
const never = new AbortController().signal;
const clip = speechClip('goforward').samples;

let server: RealtimeServer;
let clock: ManualClock;
let asr: OpenAiRealtimeAsr;

const make = (model: string): Promise<OpenAiRealtimeAsr> =>
  OpenAiRealtimeAsr.load({
    access: { apiKey: 'sk-secret', baseUrl: server.url },
    settings: { model, timeoutMs: 5000 },
    clock,
  });

beforeEach(async () => {
  server = await RealtimeServer.start();
  clock = new ManualClock();
  asr = await make('gpt-live-transcribe');
});
afterEach(async () => {
  await asr.close();
  expect(server.complaints).toEqual([]);
  await server.close();
});

async function* stream(frames: Iterable<PcmFrame>): AsyncGenerator<PcmFrame> {
  yield* frames;
}

const hear = (
  options: { language?: string; hints?: string[] } = {},
  frames: Iterable<PcmFrame> = framesOf(clip),
): Promise<Transcript[]> => all(asr.transcribe(stream(frames), { signal: never, ...options }));

describe('what is sent to OpenAI', () => {
  test('is, byte for byte, a transcription session whose turns are ours, the audio and a commit', async () => {
    await hear({ language: 'en-US', hints: ['Parley', 'mediasoup'] });
    const { path, headers, received } = server.sockets.connections[0] ?? {};
    expect(path).toBe('/v1/realtime?intent=transcription&model=gpt-live-transcribe');
    expect(headers?.authorization).toBe('Bearer sk-secret');
    expect(received?.[0]).toBe(
      '{"type":"session.update","session":{"type":"transcription","audio":{"input":{"format":' +
        '{"type":"audio/pcm","rate":24000},"transcription":{"model":"gpt-live-transcribe","language":"en",' +
        '"keywords":["Parley","mediasoup"]},"turn_detection":null}}}}',
    );
    expect(received?.at(-1)).toBe('{"type":"input_audio_buffer.commit"}');
    const appends = received?.slice(1, -1) ?? [];
    expect(appends.every((text) => /^{"type":"input_audio_buffer.append","audio":"[^"]+"}$/.test(String(text)))).toBe(
      true,
    );
  });

  test('is the whole utterance at 24 kHz, to the sample', async () => {
    await hear();
    const bytes = server.items[0] as Buffer;
    expect(bytes.length / 2).toBe(Math.round(clip.length * 1.5));
    const sent = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const back = Int16Array.from({ length: clip.length >> 1 }, (_, i) => sent[i * 3] as number);
    const every2nd = Int16Array.from({ length: clip.length >> 1 }, (_, i) => clip[i * 2] as number);
    const { lag, correlation } = bestLag(every2nd, back, 20);
    expect(lag).toBe(0);
    expect(correlation).toBeGreaterThan(0.99);
  });

  test('is audio of 24 kHz as it is', async () => {
    const samples = Int16Array.from({ length: 4800 }, (_, i) => i);
    await hear({}, [{ samples, rate: 24_000, at: 0 }]);
    expect(server.items[0]).toEqual(Buffer.from(samples.buffer));
  });

  test.each([
    ['gpt-live-transcribe', { keywords: ['Parley', 'SFU'] }],
    ['gpt-4o-mini-transcribe', { prompt: 'Parley, SFU' }],
    ['whisper-1', { prompt: 'Parley, SFU' }],
    ['gpt-realtime-whisper', {}],
  ])('gives %s hints as it takes them', async (model, hints) => {
    await asr.close();
    asr = await make(model);
    await hear({ hints: ['Parley', 'SFU'] });
    expect(server.sessions).toEqual([{ model, ...hints }]);
  });

  test('goes to OpenAI itself without a model in the address', () => {
    expect(realtimeUrl({ apiKey: 'sk' }, 'whisper-1')).toBe('wss://api.openai.com/v1/realtime?intent=transcription');
    expect(realtimeUrl({ baseUrl: 'http://localhost:8000/v1/?a=b' }, 'small')).toBe(
      'ws://localhost:8000/v1/realtime?a=b&intent=transcription&model=small',
    );
  });
});

describe('connections to OpenAI', () => {
  test('one serves utterance after utterance', async () => {
    await hear();
    await hear();
    await hear();
    expect(server.items).toHaveLength(3);
    const used = server.sockets.connections.filter(({ received }) => received.length > 0);
    expect(used).toHaveLength(1);
  });

  test('utterances at one time have one each, and not all of them are kept', async () => {
    await Promise.all([hear(), hear(), hear(), hear()]);
    expect(server.items).toHaveLength(4);
    await until(() => server.sockets.open.length === 2);
  });

  test('one that is cut off is not used again', async () => {
    const stop = new AbortController();
    server.trouble = 'stall';
    const failing = failureOf(all(asr.transcribe(stream(framesOf(clip)), { signal: stop.signal })));
    await until(() => server.heard === 1);
    stop.abort(new Error('superseded'));
    await failing;
    server.trouble = undefined;
    expect((await hear()).at(-1)).toMatchObject({ kind: 'final', text: 'these are the words' });
    expect(server.sockets.connections[0]?.ended).toBe(1006);
  });
});

describe('what OpenAI says', () => {
  test('an error that is not about the audio fails the utterance at once, by its kind', async () => {
    server.error = { type: 'invalid_request_error', code: 'model_not_found', message: 'no such model' };
    expect(await failureOf(hear())).toMatchObject({
      reason: 'bad-request',
      message: 'the recognition server did not accept the request: no such model',
    });
  });

  test.each([
    [{ code: 'rate_limit_exceeded' }, 'rate-limited'],
    [{ code: 'insufficient_quota' }, 'auth'],
    [{ type: 'server_error', message: 'oops' }, 'unavailable'],
    [{}, 'unavailable'],
  ])('words that fail with %j are told as %s', async (failure, reason) => {
    server.failure = failure;
    expect(await failureOf(hear())).toMatchObject({ stage: 'asr', reason });
  });

  test('the language that a model found is told where none was named', () => {
    const completed = 'conversation.item.input_audio_transcription.completed';
    const event = { type: completed, item_id: 'i', transcript: 'hallo', languages: [{ code: 'de' }], more: 1 };
    expect(parseEvent(JSON.stringify(event))).toMatchObject({ languages: [{ code: 'de' }] });
  });

  test('events of other kinds do not matter, what is no event does', () => {
    expect(parseEvent('{"type":"rate_limits.updated","rate_limits":[]}')).toBeUndefined();
    expect(() => parseEvent('[]')).toThrow();
    expect(() => parseEvent('{"type":"input_audio_buffer.committed"}')).toThrow();
  });
});
