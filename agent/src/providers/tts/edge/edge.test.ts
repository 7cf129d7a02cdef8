import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../../codec/index.ts';
import type { SpeechChunk } from '../../../contracts/index.ts';
import { all, failureOf, ManualClock, until } from '../../../testing/index.ts';
import { keepsTheTtsContract, type TtsUnderTest } from '../testing/contract.ts';
import { EdgeTts } from './edge.ts';
import { EdgeServer } from './testing/edge-server.ts';

const TIMEOUT_MS = 15_000;
const never = new AbortController().signal;
const opus = await OpusLibrary.load();

interface Scene extends TtsUnderTest {
  readonly service: EdgeServer;
  readonly tts: EdgeTts;
}

async function start(): Promise<Scene> {
  const service = await EdgeServer.start();
  const clock = new ManualClock();
  const tts = new EdgeTts({ baseUrl: service.url, timeoutMs: TIMEOUT_MS, opus, clock });
  return { tts, service, clock, timeoutMs: TIMEOUT_MS };
}

keepsTheTtsContract('Edge-TTS', start, { refusals: ['auth', 'rate-limited', 'unavailable', 'bad-request'] });

describe('Edge-TTS', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await start();
  });
  afterEach(async () => {
    await scene.tts.close();
    await scene.service.close();
  });
  const say = (text = 'Hello there.', options = {}): Promise<SpeechChunk[]> =>
    all(scene.tts.speak(text, { signal: never, ...options }));
  const ssml = (): unknown => scene.service.asked.at(-1)?.details.ssml;

  test('is asked for Opus with the times of words', async () => {
    await say();
    expect(scene.service.asked[0]?.details.config).toEqual({
      context: {
        synthesis: {
          audio: {
            metadataoptions: { sentenceBoundaryEnabled: 'false', wordBoundaryEnabled: 'true' },
            outputFormat: 'webm-24khz-16bit-mono-opus',
          },
        },
      },
    });
  });

  test('tells each word right before the audio in which it begins', async () => {
    const chunks = await say('Salt & pepper, if you like.');
    expect(chunks.flatMap((chunk) => (chunk.kind === 'word' ? [chunk.text] : []))).toEqual(
      ['Salt', 'pepper', 'if', 'you', 'like'], // as the service counts them
    );
    let ms = 0;
    for (const chunk of chunks) {
      if (chunk.kind === 'audio') ms += (chunk.samples.length * 1000) / scene.tts.rate;
      else if (chunk.kind === 'word') {
        expect(chunk.atMs).toBeGreaterThanOrEqual(Math.floor(ms));
        expect(chunk.atMs).toBeLessThanOrEqual(ms + 21);
      }
    }
  });

  test.each([
    [{}, 'en-US-EmmaMultilingualNeural', 'pitch="+0%" rate="+0%" volume="+0%"'],
    [
      { voice: 'en-GB-RyanNeural', speed: 1.5, pitch: 0.8 },
      'en-GB-RyanNeural',
      'pitch="-20%" rate="+50%" volume="+0%"',
    ],
    [{ emotion: 'angry', language: 'zh' }, 'zh-CN-XiaoxiaoNeural', 'pitch="-10%" rate="+12%" volume="+3.5dB"'],
    [{ speed: 9, pitch: 9 }, 'en-US-EmmaMultilingualNeural', 'pitch="+50%" rate="+200%" volume="+0%"'],
  ])('is told %j by one voice and one prosody', async (prosody, voice, attributes) => {
    await say('Hi.', prosody);
    expect(ssml()).toContain(`<voice name="${voice}"><prosody ${attributes}>Hi.</prosody></voice>`);
  });

  test('keeps the connection for the next text, and opens another where two speak at once', async () => {
    await say();
    await say();
    expect(scene.service.connections).toBe(1);
    await Promise.all([say(), say()]);
    expect(scene.service.connections).toBe(2);
    expect(scene.tts.idle).toBe(2);
  });

  test('opens a new connection where the one that waited is gone', async () => {
    await say();
    scene.service.drop();
    await say();
    await until(() => scene.tts.idle === 1);
    expect(scene.service.connections).toBe(2);
  });

  test('lets go of a connection that nobody needs, and keeps few', async () => {
    await Promise.all(Array.from({ length: 8 }, () => say()));
    expect(scene.tts.idle).toBe(4);
    await scene.clock.advance(20_000);
    await until(() => scene.tts.idle === 0);
  });

  test('sets its watch by the service where they differ', async () => {
    scene.service.now = () => Date.now() + 3_600_000;
    await say();
    await say();
    expect(scene.service.asked).toHaveLength(2);
  });

  test('that refuses every watch is an auth failure', async () => {
    let hours = 0;
    scene.service.now = () => Date.now() + ++hours * 3_600_000;
    expect(await failureOf(say())).toMatchObject({ reason: 'auth' });
  });

  test('lists voices', async () => {
    expect(await scene.tts.voices()).toContainEqual({
      id: 'zh-CN-YunxiNeural',
      name: 'Microsoft Yunxi',
      language: 'zh-CN',
      gender: 'male',
    });
  });
});
