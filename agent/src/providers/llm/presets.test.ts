import { afterEach, expect, test } from '@jest/globals';
import { LLM_ENGINES } from '../../contracts/index.ts';
import { ManualClock, OpenAiServer } from '../../testing/index.ts';
import { addressOf, LLM_PRESETS } from './presets.ts';

const NOBODY = 'http://127.0.0.1:9/v1';
const options = { signal: new AbortController().signal, clock: new ManualClock() };
let server: OpenAiServer | undefined;
afterEach(() => server?.close());

test('every engine that is a server has an address, but OpenAI, whose own client has it', () => {
  expect(['openai', ...Object.keys(LLM_PRESETS), 'local', 'scripted']).toEqual([...LLM_ENGINES]);
  for (const { urls } of Object.values(LLM_PRESETS)) for (const url of urls) expect(URL.canParse(url)).toBe(true);
});

test('a server is looked for at each of its addresses, and shown no key meanwhile', async () => {
  server = await OpenAiServer.start();
  expect(await addressOf({ urls: [NOBODY, server.url] }, options)).toBe(server.url);
  expect(server.requests.map(({ path, key }) => `${path} ${key}`)).toEqual(['models undefined']);
});

test('where none answers yet the first is taken, and a single one is not looked at', async () => {
  expect(await addressOf({ urls: [NOBODY, NOBODY.replace('9', '10')] }, options)).toBe(NOBODY);
  server = await OpenAiServer.start();
  expect(await addressOf({ urls: [server.url] }, options)).toBe(server.url);
  expect(server.requests).toEqual([]);
});
