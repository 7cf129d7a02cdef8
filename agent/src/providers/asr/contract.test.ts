import { afterAll, jest } from '@jest/globals';
import type { AsrProvider } from '../../contracts/index.ts';
import { ManualClock, psWorker } from '../../testing/index.ts';
import { FunAsr } from './funasr/index.ts';
import { OpenAiAsr } from './openai.ts';
import { OpenAiRealtimeAsr } from './openai-realtime/index.ts';
import { PocketSphinxAsr } from './pocketsphinx.ts';
import { findPsModel } from './ps-server.ts';
import { type AsrUnderTest, asrContract } from './testing/contract.ts';
import { FunAsrServer } from './testing/funasr-server.ts';
import { RealtimeServer } from './testing/realtime-server.ts';
import type { ScriptedRecogniser } from './testing/scripted-recogniser.ts';
import { UploadServer } from './testing/upload-server.ts';

jest.setTimeout(30_000); // real sockets and programs on a machine that may be busy
const timeoutMs = 5000;
const words = 'go forward ten meters';

/** An engine over its scripted server. */
async function pair<S extends ScriptedRecogniser & { close(): Promise<void> }>(
  server: S,
  make: (clock: ManualClock) => AsrProvider | Promise<AsrProvider>,
): Promise<AsrUnderTest> {
  const clock = new ManualClock();
  return { asr: await make(clock), scripted: { server, clock, timeoutMs }, close: () => server.close() };
}

for (const mode of ['2pass', 'online', 'offline'] as const) {
  asrContract({
    name: `FunASR, ${mode}`,
    partials: mode === 'offline' ? 'none' : 'while-speaking',
    words,
    scripted: true,
    async open() {
      const server = await FunAsrServer.start();
      server.pieces = words.split(' ');
      return pair(server, (clock) => new FunAsr({ url: server.sockets.url, mode, timeoutMs, clock }));
    },
  });
}

for (const model of ['gpt-live-transcribe', 'gpt-4o-transcribe']) {
  asrContract({
    name: `OpenAI Realtime, ${model}`,
    partials: model === 'gpt-live-transcribe' ? 'while-speaking' : 'after-the-end',
    words,
    scripted: true,
    async open() {
      const server = await RealtimeServer.start();
      const access = { apiKey: 'sk-secret', baseUrl: server.url };
      return pair(server, (clock) => OpenAiRealtimeAsr.load({ access, settings: { model, timeoutMs }, clock }));
    },
  });
}

for (const model of ['gpt-4o-transcribe', 'whisper-1']) {
  asrContract({
    name: `OpenAI uploads, ${model}`,
    partials: model === 'whisper-1' ? 'none' : 'after-the-end',
    words,
    scripted: true,
    async open() {
      const server = await UploadServer.start();
      const access = { apiKey: 'sk-secret', baseUrl: server.url };
      return pair(server, (clock) => new OpenAiAsr({ access, settings: { model, timeoutMs }, clock }));
    },
  });
}

const [binary, model] = [psWorker(), findPsModel()];
if (binary && model) {
  let pocketSphinx: PocketSphinxAsr | undefined;
  afterAll(() => pocketSphinx?.close());
  asrContract({
    name: 'PocketSphinx',
    partials: 'while-speaking',
    words,
    scripted: false,
    async open() {
      const signal = new AbortController().signal;
      const asr = (pocketSphinx ??= await PocketSphinxAsr.load({ binary, model, timeoutMs: 20_000 }, signal));
      const { id, partials } = asr;
      return { asr: { id, partials, transcribe: asr.transcribe.bind(asr) }, close: async () => {} };
    },
  });
}
