// Whole chains as the settings make them: the real openai package against scripted servers that fail, and real programs.
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { EngineFallback, EngineHealth, PcmFrame, SpeechChunk } from '../contracts/index.ts';
import {
  all,
  failureOf,
  framesOf,
  isInstalled,
  ManualClock,
  OpenAiServer,
  psWorker,
  settle,
  speechClip,
  testSettings,
  until,
} from '../testing/index.ts';
import { findPsModel } from './asr/ps-server.ts';
import { type Engines, loadEngines } from './registry.ts';

jest.setTimeout(60_000); // real programs on a machine that may be busy
const never = new AbortController().signal;
const worker = psWorker();
const withPocketSphinx = worker && findPsModel() ? test : test.skip;
const withEspeak = isInstalled('espeak-ng', '--version') ? test : test.skip;
const QUESTION = [{ role: 'user', content: 'What is the capital of France?' }] as const;
const NOBODY = 'http://127.0.0.1:9/v1';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

interface Loaded extends Engines {
  readonly clock: ManualClock;
  readonly said: string[];
  readonly fallbacks: EngineFallback[];
  readonly health: EngineHealth[];
}

async function load(parts: Parameters<typeof testSettings>[0], env = { PARLEY_PS_WORKER: worker }): Promise<Loaded> {
  const told = {
    clock: new ManualClock(),
    said: [] as string[],
    fallbacks: [] as EngineFallback[],
    health: [] as EngineHealth[],
  };
  const engines = await loadEngines(testSettings(parts), {
    env,
    signal: never,
    clock: told.clock,
    log: (_, message) => told.said.push(message),
    onFallback: (fallback) => told.fallbacks.push(fallback),
    onHealth: (health) => told.health.push(health),
  });
  opened.push(engines);
  return { ...engines, ...told };
}

async function openAi(script: Parameters<typeof OpenAiServer.start>[0] = {}): Promise<OpenAiServer> {
  const server = await OpenAiServer.start(script);
  opened.push(server);
  return server;
}

async function* stream(frames: readonly PcmFrame[]): AsyncGenerator<PcmFrame> {
  yield* frames;
}

const refused = () => ({ status: 401, code: 'invalid_api_key' });
const overloaded = () => ({ status: 503 });
const hear = async ({ asr }: Engines, language?: string): Promise<string | undefined> =>
  (await all(asr.transcribe(stream(framesOf(speechClip('weatherlike').samples)), { signal: never, language }))).at(-1)
    ?.text;
const answer = async ({ llm }: Engines): Promise<string> =>
  (await all(llm.reply(QUESTION, { signal: never })))
    .map((chunk) => (chunk.kind === 'text' ? chunk.delta : ''))
    .join('');
const msOf = (speech: readonly SpeechChunk[], rate: number): number =>
  speech.reduce((sum, chunk) => sum + (chunk.kind === 'audio' ? (chunk.samples.length * 1000) / rate : 0), 0);

/** Language models on two servers, the first with OpenAI's place. */
const twoModels = (first: string, second: string): Parameters<typeof testSettings>[0] => ({
  openai: { apiKey: 'sk-1', baseUrl: first },
  asr: { engine: 'openai' },
  tts: { engine: 'openai' },
  llm: { engine: ['openai', { engine: 'openai', baseUrl: second, model: 'llama3.2' }] },
});

describe('a language model with a second server', () => {
  test('is helped out by it in the same answer, with its own model and without the key of the first', async () => {
    const first = await openAi({ chat: overloaded });
    const second = await openAi({ chat: () => ({ text: 'Paris.' }) });
    const engines = await load(twoModels(first.url, second.url));
    expect(await answer(engines)).toBe('Paris.');
    expect(second.to('chat/completions')).toMatchObject([{ key: 'none', body: { model: 'llama3.2' } }]);
    const to = `openai@${new URL(second.url).host}`;
    expect(engines.fallbacks).toEqual([{ stage: 'llm', from: 'openai', to, reason: 'unavailable' }]);
    expect(engines.choices[1]?.reason).toBe(`named in the settings; then ${new URL(second.url).host}`);
  });

  test('is passed over once its key is refused, until a trial goes well', async () => {
    const first = await openAi({ chat: refused });
    const second = await openAi({ chat: () => ({ text: 'Paris.' }) });
    const engines = await load(twoModels(first.url, second.url));
    expect([await answer(engines), await answer(engines)]).toEqual(['Paris.', 'Paris.']);
    expect(first.to('chat/completions')).toHaveLength(1);
    expect(engines.health.at(-1)).toEqual({ stage: 'llm', engine: 'openai', up: false });
    expect(engines.said).toContain('the llm engine openai keeps failing: auth');
    first.script.chat = () => ({ text: 'Paris, again.' });
    await engines.clock.advance(15_000);
    expect(await answer(engines)).toBe('Paris, again.');
    expect(engines.health.at(-1)).toEqual({ stage: 'llm', engine: 'openai', up: true });
  });

  test('gives way to it when it stalls for 2.5 s, and its request is given up', async () => {
    const first = await openAi({ chat: () => ({ trouble: 'hang' }) });
    const second = await openAi({ chat: () => ({ text: 'Paris.' }) });
    const engines = await load(twoModels(first.url, second.url));
    const answering = answer(engines);
    await until(() => first.to('chat/completions').length === 1);
    await engines.clock.advance(2500);
    expect(await answering).toBe('Paris.');
    expect(await first.to('chat/completions')[0]?.ended).toBe('hung-up');
  });

  test('that breaks off in mid-answer is followed by it, word for word', async () => {
    const text = 'The capital of France is Paris.';
    let heard = '';
    const first = await openAi({
      chat: () => ({ text, trouble: 'break-off', after: 6 }),
      pace: (_, piece) => (piece === 5 ? until(() => heard.includes('of ')) : undefined), // what is unread is lost
    });
    const second = await openAi({ chat: () => ({ text }) });
    const { llm } = await load(twoModels(first.url, second.url));
    for await (const chunk of llm.reply(QUESTION, { signal: never })) if (chunk.kind === 'text') heard += chunk.delta;
    expect(heard).toBe(text);
    const messages = second.to('chat/completions')[0]?.body.messages as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[1]?.content).toMatch(/^The capital of/);
  });
});

describe('a server with a key, chosen by auto', () => {
  withPocketSphinx('is followed by PocketSphinx when its recogniser is down, which hears what was said', async () => {
    const server = await openAi({ transcribe: overloaded });
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url } });
    expect(engines.choices[0]?.reason).toMatch(/^OPENAI_API_KEY is set.*; then PocketSphinx, in English$/);
    expect(await hear(engines)).toBe("what's the weather like");
    expect(engines.fallbacks).toMatchObject([{ stage: 'asr', from: 'openai', to: 'pocketsphinx' }]);
  });

  withPocketSphinx('is followed by it when the transcript stalls', async () => {
    const server = await openAi({ transcribe: () => ({ text: 'it is all', trouble: 'hang', after: 0 }) });
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url } });
    const hearing = hear(engines);
    await until(() => server.to('audio/transcriptions').length === 1);
    await engines.clock.advance(5000);
    expect(await hearing).toBe("what's the weather like");
  });

  withPocketSphinx('is not followed by it in other languages, and says why', async () => {
    const server = await openAi({ transcribe: overloaded });
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url } });
    expect(await failureOf(hear(engines, 'zh'))).toMatchObject({
      reason: 'unavailable',
      message: expect.stringMatching(/^openai: .*503.*; pocketsphinx: PocketSphinx understands English only/),
    });
  });

  withEspeak('is followed by eSpeak NG when its speech breaks off in mid-clause, with what is left', async () => {
    const text = 'The lamp in the kitchen is on, and the door to the garden is open.';
    let heardMs = 0;
    const server = await openAi({
      speak: () => ({ trouble: 'break-off', after: 11 }),
      pace: (_, piece) => (piece === 10 ? until(() => heardMs >= 990) : undefined), // what is unread is lost
    });
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url } });
    for await (const chunk of engines.tts.speak(text, { signal: never })) heardMs += msOf([chunk], engines.tts.rate);
    expect(engines.tts.rate).toBe(24000);
    expect(engines.fallbacks).toEqual([{ stage: 'tts', from: 'openai', to: 'espeak', reason: 'unavailable' }]);
    const espeak = await load({});
    const wholeMs = msOf(await all(espeak.tts.speak(text, { signal: never })), espeak.tts.rate);
    // Ten or eleven pieces of 100 ms, and three quarters or so of the text.
    expect(heardMs).toBeGreaterThan(1000 + wholeMs * 0.55);
    expect(heardMs).toBeLessThan(1100 + wholeMs * 0.9);
  });

  test('is followed by no script in the place of its language model', async () => {
    const server = await openAi({ chat: refused });
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url } });
    expect(await failureOf(answer(engines))).toMatchObject({ stage: 'llm', reason: 'auth' });
    expect(engines.fallbacks).toEqual([]);
  });

  test('has nothing stand by that is not installed, and does not complain of it', async () => {
    const server = await openAi();
    const engines = await load({ openai: { apiKey: 'sk-1', baseUrl: server.url } }, { PARLEY_PS_WORKER: undefined });
    expect(engines.choices[0]?.reason).not.toContain('then');
    expect(engines.said.filter((line) => line.includes('PocketSphinx'))).toEqual([]);
  });
});

describe('a list', () => {
  test('goes without an engine that cannot be made, and says so', async () => {
    const server = await openAi({ transcribe: () => ({ text: 'yes' }) });
    const engines = await load(
      {
        openai: { apiKey: 'sk-1', baseUrl: server.url },
        asr: { engine: ['pocketsphinx', 'openai'] },
        tts: { engine: 'openai' },
      },
      { PARLEY_PS_WORKER: undefined },
    );
    expect(engines.choices[0]).toEqual({
      stage: 'asr',
      engine: 'openai',
      lite: false,
      reason: 'named in the settings; not available: PocketSphinx, in English',
    });
    expect(engines.health).toContainEqual({ stage: 'asr', engine: 'pocketsphinx', up: false, missing: true });
    expect(engines.said[0]).toMatch(/^PocketSphinx is not built/);
    expect(await hear(engines)).toBe('yes');
  });
});

describe('a server without a next one', () => {
  const alone = { asr: { engine: 'openai' }, tts: { engine: 'openai' } } as const;

  test('is asked twice when nothing answers there, and not four times', async () => {
    const server = await openAi({ chat: overloaded });
    const engines = await load({ ...alone, openai: { apiKey: 'sk-1', baseUrl: server.url } });
    await failureOf(answer(engines));
    expect(server.to('chat/completions')).toHaveLength(2);
    const nobody = await load({ ...alone, openai: { apiKey: 'sk-1', baseUrl: NOBODY } });
    expect(await failureOf(answer(nobody))).toMatchObject({ reason: 'unavailable' });
  });

  test('is asked once more when it breaks off before the first word', async () => {
    const server = await openAi({
      chat: ({ index }) => (index === 0 ? { trouble: 'end-early', after: 1 } : { text: 'Paris.' }),
    });
    const engines = await load({ ...alone, openai: { apiKey: 'sk-1', baseUrl: server.url } });
    expect(await answer(engines)).toBe('Paris.');
    await settle();
    expect(engines.fallbacks).toEqual([]);
  });
});
