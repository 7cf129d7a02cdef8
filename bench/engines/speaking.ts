import { setTimeout as pause } from 'node:timers/promises';
import type { TtsProvider } from '@parley/agent';
import type { ClipLanguage } from './words.ts';

export interface Text {
  readonly text: string;
  readonly language: ClipLanguage;
}

/** One text, spoken to the end. */
export interface Spoken {
  readonly text: Text;
  /** From the text to the first sound. */
  readonly firstAudioMs: number;
  /** From the text to the last sound. */
  readonly wholeMs: number;
  /** Of the sound. */
  readonly audioMs: number;
}

/** What an agent says: a word or two, a clause, a long sentence. */
export const TEXTS: readonly Text[] = [
  { text: 'All right.', language: 'en' },
  { text: 'What can I do for you today?', language: 'en' },
  {
    text: 'The next train to the coast leaves at a quarter past nine, and you will have to change once.',
    language: 'en',
  },
  { text: '好的。', language: 'zh' },
  { text: '下一班火车九点一刻出发，您需要换乘一次。', language: 'zh' },
];

/** Between two texts: a caller's turn is longer, and engines make ready for the next meanwhile. */
const REST_MS = 250;
const PATIENCE_MS = 60_000;

/** Throws where the engine gives no sound. */
export async function speak(tts: TtsProvider, text: Text): Promise<Spoken> {
  await pause(REST_MS);
  const start = performance.now();
  let firstAt = Number.NaN;
  let samples = 0;
  const options = { signal: AbortSignal.timeout(PATIENCE_MS), language: text.language };
  for await (const chunk of tts.speak(text.text, options)) {
    if (chunk.kind !== 'audio' || chunk.samples.length === 0) continue;
    if (Number.isNaN(firstAt)) firstAt = performance.now();
    samples += chunk.samples.length;
  }
  if (samples === 0) throw new Error(`it gave no sound for "${text.text}"`);
  const now = performance.now();
  return { text, firstAudioMs: firstAt - start, wholeMs: now - start, audioMs: (samples * 1000) / tts.rate };
}
