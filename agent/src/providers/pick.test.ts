import { expect, test } from '@jest/globals';
import type { LlmProvider } from '../contracts/index.ts';
import { ManualClock, ScriptedLlm } from '../testing/index.ts';
import { Chain, FallbackLlm, Health } from './fallback/index.ts';
import { Picker } from './pick.ts';

const clock = new ManualClock();
const link = (engine: string) => ({
  engine: new ScriptedLlm(() => `this is ${engine}`),
  health: new Health({ stage: 'llm', engine, clock }),
});
const chain = new Chain<LlmProvider>({ stage: 'llm', links: [link('openai'), link('ollama')], clock });
const picker = new Picker('llm', chain, async (some) => new FallbackLlm(some));

async function answerOf(llm: LlmProvider): Promise<string> {
  let text = '';
  for await (const chunk of llm.reply([], { signal: new AbortController().signal }))
    if (chunk.kind === 'text') text += chunk.delta;
  return text;
}

test('a conversation gets the engines that it names, in their order', async () => {
  expect(await answerOf(await picker.pick(['ollama']))).toBe('this is ollama');
  expect(await answerOf(await picker.pick(['openai', 'ollama']))).toBe('this is openai');
});

test('the same order is the same engine', async () => {
  expect(await picker.pick(['ollama'])).toBe(await picker.pick(['ollama']));
});

test('one that is not there is refused with those that are', async () => {
  await expect(picker.pick(['gemini'])).rejects.toThrow('it is not among those of this server: openai, ollama');
  await expect(new Picker('llm', undefined, async () => new FallbackLlm(chain)).pick(['openai'])).rejects.toThrow(
    'not among those of this server: none',
  );
});
