import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { PcmFrame } from '../contracts/index.ts';
import {
  all,
  failureOf,
  framesOf,
  isInstalled,
  OpenAiServer,
  psWorker,
  speechClip,
  testSettings,
} from '../testing/index.ts';
import { findPsModel } from './asr/ps-server.ts';
import { type Engines, loadEngines } from './registry.ts';

const never = new AbortController().signal;
jest.setTimeout(60_000); // real programs on a machine that may be busy
const worker = psWorker();
const lite = worker && findPsModel() && isInstalled('espeak-ng', '--version') ? test : test.skip;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function load(
  parts: Parameters<typeof testSettings>[0] = {},
  env: Record<string, string | undefined> = { PARLEY_PS_WORKER: worker, XDG_CACHE_HOME: '/nowhere' },
): Promise<Engines & { readonly said: string[] }> {
  const said: string[] = [];
  const engines = await loadEngines(testSettings(parts), {
    env,
    signal: never,
    log: (_, message) => said.push(message),
  });
  opened.push(engines);
  return { ...engines, said };
}

async function openAi(script: Parameters<typeof OpenAiServer.start>[0] = {}): Promise<OpenAiServer> {
  const server = await OpenAiServer.start(script);
  opened.push(server);
  return server;
}

async function* stream(frames: readonly PcmFrame[]): AsyncGenerator<PcmFrame> {
  yield* frames;
}

/** One turn through all three engines: what was heard, what was answered, ms of voice. */
async function turn({ asr, llm, tts }: Engines): Promise<{ heard: string; answer: string; voiceMs: number }> {
  const frames = framesOf(speechClip('weatherlike').samples);
  const heard = (await all(asr.transcribe(stream(frames), { signal: never }))).at(-1)?.text ?? '';
  const chunks = await all(llm.reply([{ role: 'user', content: heard }], { signal: never }));
  const answer = chunks.map((chunk) => (chunk.kind === 'text' ? chunk.delta : '')).join('');
  const speech = await all(tts.speak(answer, { signal: never }));
  const samples = speech.reduce((sum, chunk) => sum + (chunk.kind === 'audio' ? chunk.samples.length : 0), 0);
  return { heard, answer, voiceMs: (samples * 1000) / tts.rate };
}

describe('loading the engines', () => {
  lite('without anything gives a whole turn', async () => {
    const engines = await load();
    expect(engines.choices).toEqual([
      {
        stage: 'asr',
        engine: 'pocketsphinx',
        lite: true,
        reason: 'no key and no server: PocketSphinx listens, in English',
      },
      { stage: 'llm', engine: 'scripted', lite: true, reason: 'no key and no server: a small script answers' },
      { stage: 'tts', engine: 'espeak', lite: true, reason: 'no key and no server: eSpeak NG speaks' },
    ]);
    const { heard, answer, voiceMs } = await turn(engines);
    expect(heard).toBe("what's the weather like");
    expect(answer).toMatch(/^I cannot see the weather/);
    expect(voiceMs).toBeGreaterThan(3000);
  });

  test('with a key gives a whole turn by the server', async () => {
    const server = await openAi({ transcribe: () => ({ text: 'how are you' }), chat: () => ({ text: 'Very well.' }) });
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url } });
    expect(await turn(engines)).toEqual({ heard: 'how are you', answer: 'Very well.', voiceMs: 500 });
    expect(server.requests.map(({ path, key }) => `${path} ${key}`)).toEqual([
      'models sk-1',
      'audio/transcriptions sk-1',
      'chat/completions sk-1',
      'audio/speech sk-1',
    ]);
  });

  test('gives speech in Opus where that is set', async () => {
    const server = await openAi();
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url }, tts: { format: 'opus' } });
    expect((await turn(engines)).voiceMs).toBeGreaterThan(500);
    expect(server.to('audio/speech')[0]?.body.response_format).toBe('opus');
  });

  test("takes a local server's own model where it does not know the default, and says so", async () => {
    const server = await openAi({ models: ['nomic-embed-text', 'llama3.2:latest'] });
    const engines = await load({ llm: { baseUrl: server.url }, asr: { engine: 'openai' }, tts: { engine: 'openai' } });
    await all(engines.llm.reply([{ role: 'user', content: 'Hi' }], { signal: never }));
    expect(server.to('chat/completions')[0]?.body.model).toBe('llama3.2:latest');
    expect(engines.choices[1]?.reason).toMatch(/does not offer gpt-4o-mini, so its llama3\.2:latest answers$/);
  });

  test('leaves a model alone that was chosen, or that cannot be looked up', async () => {
    const server = await openAi({ models: ['llama3.2:latest'] });
    const remote = { asr: { engine: 'openai' }, tts: { engine: 'openai' } } as const;
    const chosen = await load({ ...remote, llm: { baseUrl: server.url, model: 'qwen3' } });
    await all(chosen.llm.reply([], { signal: never }));
    expect(server.requests.map(({ body }) => body.model)).toEqual(['qwen3']);
    server.script.models = [];
    const unlisted = await load({ ...remote, llm: { baseUrl: server.url } });
    await all(unlisted.llm.reply([], { signal: never }));
    expect(server.to('chat/completions')[1]?.body.model).toBe('gpt-4o-mini');
  });

  test('does not fail for a program that is missing: the engine says at each call how to get it', async () => {
    const engines = await load({ tts: { engine: 'openai' } }, { XDG_CACHE_HOME: '/nowhere' });
    const fix = expect.stringMatching(/^PocketSphinx is not built: run "npm run setup"/);
    expect(engines.choices[0]).toEqual({
      stage: 'asr',
      engine: 'pocketsphinx',
      lite: true,
      reason: expect.stringMatching(/^not available: PocketSphinx is not built/),
    });
    expect(engines.said).toEqual([fix]);
    const call = (): Promise<unknown> => failureOf(all(engines.asr.transcribe(stream([]), { signal: never })));
    const failure = { stage: 'asr', reason: 'unavailable', message: fix, cause: { name: 'EngineUnavailable' } };
    expect(await call()).toMatchObject(failure);
    expect(await call()).toMatchObject(failure);
  });

  test('does not fail for a program that is broken', async () => {
    const engines = await load({ tts: { engine: 'openai' } }, { PARLEY_PS_WORKER: '/bin/false' });
    const reason = findPsModel() ? /^not available: PocketSphinx does not start/ : /^not available/;
    expect(engines.choices[0]?.reason).toMatch(reason);
  });

  test('can be given up', async () => {
    const signal = AbortSignal.abort(new Error('shutdown'));
    expect(await failureOf(loadEngines(testSettings(), { env: {}, signal }))).toEqual(new Error('shutdown'));
  });

  test('closes once, however often it is told', async () => {
    const engines = await load({ openai: { apiKey: 'sk-1' } });
    expect(engines.close()).toBe(engines.close());
    await engines.close();
  });
});
