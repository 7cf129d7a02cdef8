import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { OpenAiServer, writeTinyLlm } from '../../testing/index.ts';
import { LocalLlm } from './local/index.ts';
import { OpenAiLlm } from './openai.ts';
import { ScriptedHost } from './scripted-host.ts';
import { llmContract } from './testing/contract.ts';

jest.setTimeout(30_000); // real sockets and programs on a machine that may be busy
const settings = { maxTokens: 50, timeoutMs: 5000 };
const never = new AbortController().signal;

llmContract({
  name: 'a server that speaks the API of OpenAI',
  says: 'I am quite well.',
  async open() {
    const server = await OpenAiServer.start();
    server.script.chat = () => ({ text: 'I am quite well.' });
    const access = { apiKey: 'sk-secret', baseUrl: server.url };
    const llm = new OpenAiLlm({ access, settings: { ...settings, model: 'gpt-4o-mini' } });
    return { llm, close: () => server.close() };
  },
});

llmContract({
  name: 'llama.cpp on this machine',
  says: 'I am quite well.',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'parley-llm-'));
    const file = join(folder, 'tiny.gguf');
    writeTinyLlm(file, ['I', ' am', ' quite', ' well', '.']);
    const llm = await LocalLlm.load({ file, threads: 1, settings }, never);
    return { llm, close: async () => rmSync(folder, { recursive: true }) };
  },
});

llmContract({
  name: 'the scripted host',
  open: async () => ({ llm: new ScriptedHost(), close: async () => {} }),
});
