import { expect, test } from '@jest/globals';
import { ProviderError, type SpeechChunk } from '../contracts/index.ts';
import { ScriptedTts } from '../testing/index.ts';
import { KeptPhrases } from './kept-phrases.ts';

const { signal } = new AbortController();
const PHRASE = 'One moment, please.';

async function all(chunks: AsyncIterable<SpeechChunk>): Promise<SpeechChunk[]> {
  const got: SpeechChunk[] = [];
  for await (const chunk of chunks) got.push(chunk);
  return got;
}

test('a phrase that was kept is spoken although the engine is gone', async () => {
  let gone = false;
  const engine = new ScriptedTts(() => (gone ? ProviderError.unavailable('tts', 'gone') : undefined));
  const tts = new KeptPhrases(engine);
  await tts.keep(PHRASE, { signal, language: 'en' });
  gone = true;
  expect(await all(tts.speak(PHRASE, { signal, language: 'en' }))).toHaveLength(10);
  expect(tts.has(PHRASE, {})).toBe(true);
  await expect(all(tts.speak(PHRASE, { signal, language: 'en', voice: 'another' }))).rejects.toThrow('gone');
});

test('a phrase is asked for once, and again only where that failed', async () => {
  let gone = true;
  const engine = new ScriptedTts(() => (gone ? ProviderError.unavailable('tts', 'gone') : undefined));
  const tts = new KeptPhrases(engine);
  await tts.keep(PHRASE, { signal });
  expect(tts.has(PHRASE, {})).toBe(false);
  gone = false;
  await Promise.all([tts.keep(PHRASE, { signal }), tts.keep(PHRASE, { signal })]);
  await tts.keep(PHRASE, { signal });
  expect(engine.said).toHaveLength(2);
});

test('other words go to the engine', async () => {
  const engine = new ScriptedTts();
  const tts = new KeptPhrases(engine);
  await all(tts.speak('anything', { signal }));
  expect(engine.said).toEqual(['anything']);
});
