import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { PcmFrame, Transcript } from '../../../contracts/index.ts';
import { all, failureOf, framesOf, ManualClock, speechClip, until } from '../../../testing/index.ts';
import { selfSigned } from '../testing/certificate.ts';
import { FunAsrServer } from '../testing/funasr-server.ts';
import { hasHeard } from '../testing/scripted-recogniser.ts';
import { FunAsr, type FunAsrOptions } from './funasr.ts';
import { joined, plainText } from './protocol.ts';

jest.setTimeout(30_000);
const timeoutMs = 5000;
const never = new AbortController().signal;
const clip = speechClip('goforward').samples.subarray(0, 1300 * 16);

let server: FunAsrServer;
let clock: ManualClock;
let asr: FunAsr;

beforeEach(async () => {
  server = await FunAsrServer.start();
  clock = new ManualClock();
  asr = make();
});
afterEach(async () => {
  await asr.close();
  expect(server.complaints).toEqual([]);
  await server.close();
});

const make = (options: Partial<FunAsrOptions> = {}): FunAsr =>
  new FunAsr({ url: server.sockets.url, timeoutMs, clock, ...options });

async function* stream(frames: Iterable<PcmFrame>): AsyncGenerator<PcmFrame> {
  yield* frames;
}

const hear = (options: { language?: string; hints?: string[] } = {}): Promise<Transcript[]> =>
  all(asr.transcribe(stream(framesOf(clip)), { signal: never, ...options }));

describe('what is sent to a FunASR server', () => {
  test('is, byte for byte, the settings, messages of 60 ms and the end', async () => {
    await hear({ language: 'zh-CN', hints: ['阿里巴巴', '通义实验室'] });
    const [first, ...rest] = server.sockets.connections[0]?.received ?? [];
    expect(first).toBe(
      '{"mode":"2pass","chunk_size":[5,10,5],"chunk_interval":10,"wav_name":"parley-1","wav_format":"pcm",' +
        '"audio_fs":16000,"is_speaking":true,"itn":true,"svs_lang":"zh",' +
        '"hotwords":"{\\"阿里巴巴\\":20,\\"通义实验室\\":20}"}',
    );
    expect(rest.pop()).toBe('{"is_speaking":false,"is_end":true}');
    const audio = rest as Buffer[];
    expect(audio.map(({ length }) => length)).toEqual([...Array(21).fill(1920), 1280]);
    expect(Buffer.concat(audio)).toEqual(Buffer.from(clip.buffer, clip.byteOffset, clip.byteLength));
  });

  test('names no language and no hot words where there are none', async () => {
    await hear({ language: 'de' });
    expect(server.sockets.connections[0]?.received[0]).toBe(
      '{"mode":"2pass","chunk_size":[5,10,5],"chunk_interval":10,"wav_name":"parley-1","wav_format":"pcm",' +
        '"audio_fs":16000,"is_speaking":true,"itn":true}',
    );
  });

  test('has a key with it where one is set', async () => {
    asr = make({ apiKey: 'secret' });
    await hear();
    expect(server.sockets.connections[0]?.headers.authorization).toBe('Bearer secret');
  });
});

describe('what a FunASR server says', () => {
  test('online pieces are added up, and the offline sentence takes their place', async () => {
    server.pieces = ['these are', 'teh'];
    expect(await hear()).toEqual([
      { kind: 'partial', text: 'these are' },
      { kind: 'partial', text: 'these are teh' },
      { kind: 'final', text: 'these are the words' },
    ]);
  });

  test('its own ends of sentences are no ends of the utterance', async () => {
    server.pieces = [];
    server.pace = () => {
      const connection = server.sockets.connections[0];
      connection?.send({ mode: '2pass-offline', text: '你好，', is_final: false });
      connection?.send({ mode: '2pass-online', text: '世', is_final: false });
    };
    server.words = () => '世界。';
    expect((await hear()).map(({ text }) => text)).toEqual(['你好，', '你好，世', '你好，世界。']);
  });

  test('an end without words keeps those from before', async () => {
    server.words = () => '';
    expect((await hear()).at(-1)).toEqual({ kind: 'final', text: 'these are' });
  });

  test.each(['runtime', 'runtime-offline', 'python'] as const)(
    'the last words of a %s server are known at once',
    async (kind) => {
      server.kind = kind;
      expect((await hear()).at(-1)).toEqual({ kind: 'final', text: 'these are the words' });
    },
  );

  test('a Python server that has nothing to add says so', async () => {
    server.kind = 'python';
    server.words = () => '';
    server.pieces = [];
    expect(await hear()).toEqual([{ kind: 'final', text: '' }]);
  });

  test('of an old Python server the last words are those that nothing follows', async () => {
    server.kind = 'python-old';
    const heard: Transcript[] = [];
    const done = (async () => {
      for await (const transcript of asr.transcribe(stream(framesOf(clip)), { signal: never })) heard.push(transcript);
    })();
    await until(() => heard.at(-1)?.text === 'these are the words');
    expect(heard.at(-1)?.kind).toBe('partial');
    await clock.advance(500);
    await done;
    expect(heard.at(-1)).toEqual({ kind: 'final', text: 'these are the words' });
  });

  test('late words count until the time is up', async () => {
    const late = Promise.withResolvers<void>();
    server.pace = () => late.promise;
    const hearing = hear();
    await hasHeard(server, 1);
    await clock.advance(timeoutMs - 1);
    late.resolve();
    expect((await hearing).at(-1)).toMatchObject({ kind: 'final', text: 'these are the words' });
  });

  test('a failure that it tells is told', async () => {
    server.pace = () => server.sockets.connections[0]?.send({ mode: '2pass', is_end: true, error: 'out of memory' });
    expect(await failureOf(hear())).toMatchObject({
      reason: 'unavailable',
      message: 'the FunASR server failed: out of memory',
    });
  });

  test("SenseVoice's tags are no words; they tell the language", () => {
    expect(plainText('<|en|><|NEUTRAL|><|Speech|><|withitn|>Go forward.')).toEqual({
      text: 'Go forward.',
      language: 'en',
    });
    expect(plainText('<|nospeech|><|EMO_UNKNOWN|>')).toEqual({ text: '' });
  });

  test('Latin words are set apart where pieces meet, Chinese ones are not', () => {
    expect(joined('go', 'forward')).toBe('go forward');
    expect(joined('你好', '世界')).toBe('你好世界');
    expect(joined('我用', 'docker')).toBe('我用docker');
    expect(joined('', 'go')).toBe('go');
    expect(joined('Go on.', 'Now')).toBe('Go on. Now');
  });
});

describe('connections to a FunASR server', () => {
  test('the next one is open before it is needed, and each hears one utterance', async () => {
    await hear();
    await until(() => server.sockets.connections.length === 2);
    expect(server.sockets.connections[1]?.received).toEqual([]);
    await hear();
    expect(server.sockets.connections[1]?.received[0]).toContain('"wav_name":"parley-2"');
    await until(() => server.sockets.connections[0]?.ended === 1000);
  });

  test('an utterance whose connection breaks is heard again from its start, over a new one', async () => {
    server.trouble = 'cut';
    server.pace = () => {
      if (server.heard > 1) server.trouble = undefined;
    };
    // The first is cut off when it was heard; the trouble is over by the second.
    const said = await hear();
    expect(said.at(-1)).toMatchObject({ kind: 'final', text: 'these are the words' });
    const audio = server.sockets.connections.map(({ received }) =>
      Buffer.concat(received.filter((message) => typeof message !== 'string')),
    );
    const whole = audio.filter(({ length }) => length > 0);
    expect(whole).toHaveLength(2);
    expect(whole[1]).toEqual(whole[0]);
  });

  test('a server that is not there is told as such, without a second try', async () => {
    await server.close();
    expect(await failureOf(hear())).toMatchObject({
      reason: 'unavailable',
      message: 'the FunASR server is not available: ECONNREFUSED',
    });
  });

  test('what comes once the server is back is heard', async () => {
    server.sockets.refusal = 503;
    expect(await failureOf(hear())).toMatchObject({ reason: 'unavailable' });
    server.sockets.refusal = undefined;
    expect((await hear()).at(-1)).toMatchObject({ kind: 'final' });
  });

  test('a handshake that never ends is a timeout', async () => {
    server.sockets.stallHandshakes = true;
    const failing = failureOf(hear());
    await until(() => server.sockets.stalled > 0);
    await clock.advance(timeoutMs);
    expect(await failing).toMatchObject({ reason: 'timeout' });
  });

  test('more utterances at one time than are allowed are refused', async () => {
    asr = make({ maxLinks: 2 });
    server.trouble = 'stall';
    const stop = new AbortController();
    const stuck = [1, 2].map(() => failureOf(all(asr.transcribe(stream(framesOf(clip)), { signal: stop.signal }))));
    await hasHeard(server, 2);
    expect(await failureOf(hear())).toMatchObject({ reason: 'rate-limited' });
    stop.abort(new Error('superseded'));
    await Promise.all(stuck);
    server.trouble = undefined;
    expect((await hear()).at(-1)).toMatchObject({ kind: 'final' });
  });

  test('closing fails what is under way and leaves nothing open', async () => {
    server.trouble = 'stall';
    const failing = failureOf(hear());
    await hasHeard(server, 1);
    await asr.close();
    expect(await failing).toMatchObject({ name: 'ProviderError', reason: 'unavailable' });
    await until(() => server.sockets.open.length === 0);
    expect(await failureOf(hear())).toMatchObject({ reason: 'unavailable' });
  });

  test('an address that is none is told', async () => {
    asr = make({ url: 'localhost:10095' });
    expect(await failureOf(hear())).toMatchObject({ reason: 'bad-request' });
  });

  test('audio of another rate is not taken', async () => {
    const frames = [{ samples: new Int16Array(24_000), rate: 24_000, at: 0 }];
    expect(await failureOf(all(asr.transcribe(stream(frames), { signal: never })))).toMatchObject({
      reason: 'unsupported',
    });
  });
});

const certificate = selfSigned();
(certificate ? describe : describe.skip)('a FunASR server with a certificate that nobody has signed', () => {
  beforeEach(async () => {
    await server.close();
    server = await FunAsrServer.start(certificate);
  });

  test('is not trusted by itself, and the message says what to do', async () => {
    asr = make();
    expect(await failureOf(hear())).toMatchObject({ reason: 'auth', message: expect.stringContaining('accept any') });
  });

  test('is taken where any is accepted', async () => {
    asr = make({ anyCertificate: true, url: server.sockets.url.replace('wss:', 'https:') });
    expect((await hear()).at(-1)).toMatchObject({ kind: 'final', text: 'these are the words' });
  });

  test('is taken where that very one is trusted', async () => {
    asr = make({ ca: certificate?.cert });
    expect((await hear()).at(-1)).toMatchObject({ kind: 'final', text: 'these are the words' });
  });
});
