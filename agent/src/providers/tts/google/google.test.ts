import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SpeakOptions } from '../../../contracts/index.ts';
import { all, failureOf, ManualClock } from '../../../testing/index.ts';
import { keepsTheTtsContract, type TtsUnderTest } from '../testing/contract.ts';
import type { GoogleAccess } from './client.ts';
import { GoogleTts } from './google.ts';
import { GoogleServer } from './testing/google-server.ts';

const TIMEOUT_MS = 15_000;
const never = new AbortController().signal;

interface Scene extends TtsUnderTest {
  readonly service: GoogleServer;
  readonly tts: GoogleTts;
}

async function start(options: { model?: string; access?: GoogleAccess } = {}): Promise<Scene> {
  const service = await GoogleServer.start();
  const clock = new ManualClock();
  const access = { apiKey: 'AIza-secret', baseUrl: service.url, ...options.access };
  const tts = await GoogleTts.load({ access, model: options.model, timeoutMs: TIMEOUT_MS, clock }, never);
  return { tts, service, clock, timeoutMs: TIMEOUT_MS };
}

/** Speaks with a voice of old, whatever voice is asked for. */
async function startUnary(): Promise<TtsUnderTest> {
  const scene = await start();
  const { tts } = scene;
  const speak = (text: string, options: SpeakOptions) => tts.speak(text, { ...options, voice: 'en-US-Neural2-C' });
  const plain = { id: tts.id, rate: tts.rate, speak, voices: () => tts.voices(), close: () => tts.close() };
  return { ...scene, tts: plain };
}

const refusals = ['auth', 'rate-limited', 'unavailable', 'bad-request', 'unsupported', 'timeout'] as const;
keepsTheTtsContract('Chirp 3 HD, streamed,', start, { refusals });
keepsTheTtsContract('Gemini, streamed,', () => start({ model: 'gemini-2.5-flash-tts' }), { refusals });
keepsTheTtsContract('a voice of Google that answers at once', startUnary, { refusals, streams: false });

describe('Google Cloud', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await start();
  });
  afterEach(async () => {
    await scene.tts.close();
    await scene.service.close();
  });
  const say = (options = {}): Promise<unknown> => all(scene.tts.speak('Hello & you.', { signal: never, ...options }));
  const details = (): Record<string, unknown> => scene.service.asked.at(-1)?.details ?? {};

  test('is asked for Chirp 3 HD as PCM, with the key and the speed that it takes', async () => {
    await say({ voice: 'Puck', language: 'de-AT', speed: 1.25, pitch: 2 });
    expect(details().metadata).toMatchObject({ 'x-goog-api-key': 'AIza-secret' });
    expect(details().messages).toMatchObject([
      {
        streamingConfig: {
          voice: { languageCode: 'de-DE', name: 'de-DE-Chirp3-HD-Puck' },
          streamingAudioConfig: { audioEncoding: 'PCM', sampleRateHertz: 24_000, speakingRate: 1.25 },
        },
      },
      { input: { text: 'Hello & you.' } },
    ]);
  });

  test.each([
    [{ emotion: 'sad' }, '<speak><prosody rate="85%" pitch="-4st" volume="-1.4dB">Hello &amp; you.</prosody></speak>'],
    [{ speed: 9, pitch: 9 }, '<speak><prosody rate="400%" pitch="+12st">Hello &amp; you.</prosody></speak>'],
    [{}, '<speak>Hello &amp; you.</speak>'],
  ])('is told %j by SSML where the voice reads it', async (prosody, ssml) => {
    await say({ voice: 'en-GB-Wavenet-B', ...prosody });
    expect(details()).toMatchObject({
      input: { ssml },
      voice: { languageCode: 'en-GB', name: 'en-GB-Wavenet-B' },
      audioConfig: { audioEncoding: 'LINEAR16', sampleRateHertz: 24_000 },
    });
  });

  test('is asked for a feeling by its own name where the voice has styles', async () => {
    await say({ voice: 'en-US-Neural2-F', emotion: 'happy', speed: 1.2 });
    expect(details().input).toMatchObject({
      ssml: '<speak><google:style name="lively"><prosody rate="120%">Hello &amp; you.</prosody></google:style></speak>',
    });
  });

  test('is not asked for a pitch that Studio voices refuse', async () => {
    await say({ voice: 'en-US-Studio-O', speed: 1.2, pitch: 1.5 });
    expect(details().input).toMatchObject({
      ssml: '<speak><prosody rate="120%">Hello &amp; you.</prosody></speak>',
    });
  });

  test('is given directions where the model is Gemini', async () => {
    const gemini = await start({ model: 'gemini-2.5-flash-tts' });
    await all(gemini.tts.speak('Oh no.', { signal: never, emotion: 'sad', voice: 'en-US-Neural2-F' }));
    expect(gemini.service.asked[0]?.details.messages).toMatchObject([
      { streamingConfig: { voice: { languageCode: 'en-US', name: 'Kore', modelName: 'gemini-2.5-flash-tts' } } },
      { input: { text: 'Oh no.', prompt: 'Speak in a sad, subdued voice.' } },
    ]);
    await gemini.tts.close();
    await gemini.service.close();
  });

  test('lists its voices with the languages that others call so', async () => {
    expect(await scene.tts.voices()).toEqual([
      { id: 'cmn-CN-Chirp3-HD-Kore', name: 'cmn-CN-Chirp3-HD-Kore', language: 'zh-CN', gender: 'female' },
      { id: 'Puck', name: 'Puck', language: 'en-US', gender: 'male' },
    ]);
  });

  test('which refuses an API key as a bad argument means the key, and does not show it', async () => {
    scene.service.script = { kind: 'refuse', as: 'bad-request' };
    scene.service.refusalDetails = Buffer.from('\u0012\u000fAPI_KEY_INVALID');
    const failure = await failureOf(say());
    expect(failure).toMatchObject({
      reason: 'auth',
      message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
    });
  });

  test('with a key file that is not there says how to mend it', async () => {
    process.env.GOOGLE_APPLICATION_CREDENTIALS = '/nowhere/key.json';
    expect(await failureOf(GoogleTts.load({ access: {}, timeoutMs: TIMEOUT_MS }, never))).toMatchObject({
      reason: 'auth',
      message: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
    });
    delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
  });
});
