import { afterEach, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../../codec/index.ts';
import type { SpeechChunk } from '../../../contracts/index.ts';
import { all, failureOf, ManualClock, until } from '../../../testing/index.ts';
import { keepsTheTtsContract, type TtsUnderTest } from '../testing/contract.ts';
import { SPOKEN_MS } from '../testing/scripted-speech.ts';
import { CoquiTts } from './coqui.ts';
import { CoquiServer, type CoquiServerOptions } from './testing/coqui-server.ts';

const TIMEOUT_MS = 15_000;
const never = new AbortController().signal;
const opus = await OpusLibrary.load();

interface Scene extends TtsUnderTest {
  readonly service: CoquiServer;
  readonly tts: CoquiTts;
}

async function start(options: CoquiServerOptions): Promise<Scene> {
  const service = await CoquiServer.start(options);
  const clock = new ManualClock();
  const tts = new CoquiTts({ baseUrl: service.url, timeoutMs: TIMEOUT_MS, opus, clock });
  return { tts, service, clock, timeoutMs: TIMEOUT_MS };
}

const refusals = ['auth', 'rate-limited', 'bad-request', 'unavailable'] as const;
const manySpeakers = 'Claribel Dervla multilingual u\np225 multilingual u';
keepsTheTtsContract('XTTS, streamed,', () => start({ kind: 'xtts-streaming-server' }), { refusals });
keepsTheTtsContract(
  'a Coqui server at 22.05 kHz',
  () => start({ kind: 'tts-server', rate: 22_050, voices: manySpeakers }),
  { refusals },
);

describe('a Coqui server', () => {
  let scene: Scene;
  const say = (options = {}): Promise<unknown> => all(scene.tts.speak('Hello.', { signal: never, ...options }));
  const details = (): unknown => scene.service.asked.at(-1)?.details;
  afterEach(async () => {
    await scene.tts.close();
    await scene.service.close();
  });

  test('that streams XTTS is told the speaker as it described it, and the language', async () => {
    scene = await start({ kind: 'xtts-streaming-server' });
    await say({ voice: 'Ana Florence', language: 'zh-TW', speed: 1.5, emotion: 'sad' });
    expect(details()).toEqual({
      text: 'Hello.',
      speaker_embedding: [1],
      gpt_cond_latent: [[1, 2, 3]],
      language: 'zh-cn',
      add_wav_header: true,
      stream_chunk_size: '20',
    });
    await say({ voice: 'alloy' });
    expect(details()).toMatchObject({ speaker_embedding: [0.25, -0.5], language: 'en' });
  });

  test('that does not speak a language says so, and is not asked', async () => {
    scene = await start({ kind: 'xtts-streaming-server' });
    expect(await failureOf(say({ language: 'fi' }))).toMatchObject({ reason: 'unsupported' });
    expect(scene.service.asked).toHaveLength(0);
  });

  test('is looked at once for many texts, and again after it failed', async () => {
    scene = await start({ kind: 'xtts-streaming-server' });
    const looks = (): number => scene.service.paths.filter((path) => path === '/studio_speakers').length;
    await scene.tts.warm(never);
    await Promise.all([say(), say(), say()]);
    expect(looks()).toBe(1);
    scene.service.script = { kind: 'refuse', as: 'unavailable' };
    await failureOf(say());
    scene.service.script = { kind: 'speak' };
    await say();
    expect(looks()).toBe(2);
  });

  test('that mixes up texts is given one after another, and none of those that were stopped in line', async () => {
    scene = await start({ kind: 'xtts-streaming-server' });
    await scene.tts.warm(never);
    scene.service.script = { kind: 'stall', after: 1 };
    const first = new AbortController();
    const second = new AbortController();
    const stopped = [failureOf(say({ signal: first.signal })), failureOf(say({ signal: second.signal }))];
    const third = say();
    await until(() => scene.service.asked.length === 1);
    second.abort(new Error('barge-in'));
    scene.service.script = { kind: 'speak' };
    first.abort(new Error('barge-in'));
    await Promise.all([...stopped, third]);
    expect(scene.service.asked).toHaveLength(2);
  });

  test('is read to the end where the reader is slow, so that the next text need not wait', async () => {
    scene = await start({ kind: 'xtts-streaming-server' });
    const slow = scene.tts.speak('Hello.', { signal: never });
    const { value: first } = await slow.next();
    await say();
    const chunks = [first as SpeechChunk, ...(await all(slow))];
    const samples = chunks.reduce((sum, chunk) => sum + (chunk.kind === 'audio' ? chunk.samples.length : 0), 0);
    expect((samples * 1000) / scene.tts.rate).toBe(SPOKEN_MS);
  });

  test('with many speakers and languages is told both', async () => {
    scene = await start({ kind: 'tts-server', voices: manySpeakers });
    await say({ voice: 'p225', language: 'de-AT' });
    expect(details()).toEqual({ text: 'Hello.', speaker_id: 'p225', language_id: 'de' });
    await say({ voice: 'alloy' });
    expect(details()).toEqual({ text: 'Hello.', speaker_id: 'Claribel Dervla' });
  });

  test('with one voice in one language is told the text alone', async () => {
    scene = await start({ kind: 'tts-server', voices: 'ljspeech en u' });
    await say({ voice: 'alloy', language: 'en', speed: 2, pitch: 2, emotion: 'happy' });
    expect(details()).toEqual({ text: 'Hello.' });
    expect(await scene.tts.voices()).toEqual([{ id: 'ljspeech', name: 'ljspeech', language: 'en' }]);
  });

  test('that comes up later is found then', async () => {
    scene = await start({ kind: 'tts-server' });
    await scene.service.close();
    expect(await failureOf(scene.tts.warm(never))).toMatchObject({ reason: 'unavailable' });
    expect(await failureOf(say())).toMatchObject({ reason: 'unavailable' });
    const service = await CoquiServer.start({ kind: 'tts-server', port: scene.service.port });
    scene = { ...scene, service };
    await say();
    expect(service.asked).toHaveLength(1);
  });
});
