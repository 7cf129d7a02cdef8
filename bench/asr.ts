// Recognition: words wrong on clips of real speech fed in real time, and how soon the final text comes. The engine is
// chosen as the server does it: OPENAI_API_KEY and OPENAI_BASE_URL are looked at. `node bench/asr.ts [--json]`
import { readFileSync } from 'node:fs';
import type { AsrProvider, PcmFrame } from '@parley/agent';
import { framesOf, psWorker, speechClip, testSettings } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: measures this room from inside, beside its door
import { loadEngines } from '../agent/src/providers/index.ts';
import { report } from './report.ts';

interface Clip {
  readonly file: string;
  readonly text: string;
  readonly lang: string;
}

interface Result {
  readonly text: string;
  readonly errors: number;
  readonly words: number;
  /** From the end of the audio to the final text. */
  readonly finalMs: number;
  /** From the start of the audio to the first partial; NaN where none came. */
  readonly firstPartialMs: number;
}

const manifest = new URL('../agent/fixtures/speech/manifest.jsonl', import.meta.url);
const clips = readFileSync(manifest, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Clip);

/** Words without case and punctuation; characters where the script has no spaces. */
function unitsOf(text: string, lang: string): string[] {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}' ]+/gu, lang === 'zh' ? '' : ' ');
  return lang === 'zh' ? [...plain.replaceAll(' ', '')] : plain.split(/\s+/).filter(Boolean);
}

/** Words to change, add and take out. */
function errorsBetween(said: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, i) => i);
  said.forEach((word, i) => {
    const next = [i + 1];
    heard.forEach((other, j) => {
      const change = (row[j] as number) + (word === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    });
    row = next;
  });
  return row[heard.length] as number;
}

/** Frames at the pace of a microphone. */
async function* live(samples: Int16Array, onEnd: () => void): AsyncGenerator<PcmFrame> {
  const start = performance.now();
  for (const frame of framesOf(samples)) {
    const ms = start + frame.at + 20 - performance.now();
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    yield frame;
  }
  onEnd();
}

async function recognise(asr: AsrProvider, clip: Clip): Promise<Result> {
  const { samples } = speechClip(clip.file.replace(/\.wav$/, ''));
  const start = performance.now();
  let endAt = Number.NaN;
  let firstPartialMs = Number.NaN;
  let text = '';
  const onEnd = (): void => {
    endAt = performance.now();
  };
  for await (const heard of asr.transcribe(live(samples, onEnd), {
    signal: new AbortController().signal,
    language: clip.lang,
  })) {
    if (heard.kind === 'partial' && Number.isNaN(firstPartialMs)) firstPartialMs = performance.now() - start;
    text = heard.text;
  }
  const said = unitsOf(clip.text, clip.lang);
  return {
    text,
    errors: errorsBetween(said, unitsOf(text, clip.lang)),
    words: said.length,
    finalMs: performance.now() - endAt,
    firstPartialMs,
  };
}

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
};

const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl } = process.env;
// One recogniser and no other: with a spare, a slow answer would be measured as the spare's.
const asr = { engine: apiKey ? 'openai' : 'auto' } as const;
const engines = await loadEngines(testSettings({ openai: { apiKey, baseUrl }, asr, tts: { engine: 'openai' } }), {
  env: { ...process.env, PARLEY_PS_WORKER: psWorker() },
  signal: new AbortController().signal,
});
const choice = engines.choices[0];
console.log(`recognition: ${choice?.engine} (${choice?.reason})\n`);
if (choice?.reason.startsWith('not available')) process.exit(1);

const results: Result[] = [];
for (const clip of clips) {
  if (choice?.lite && clip.lang !== 'en') continue;
  const result = await recognise(engines.asr, clip);
  results.push(result);
  const wrong = `${result.errors}/${result.words}`.padStart(6);
  console.log(
    `${clip.file.padEnd(22)} ${wrong} wrong  final ${result.finalMs.toFixed(0).padStart(5)} ms  ${result.text}`,
  );
}
await engines.close();

const sum = (pick: (result: Result) => number): number => results.reduce((total, result) => total + pick(result), 0);
const finals = results.map(({ finalMs }) => finalMs);
const partials = results.map(({ firstPartialMs }) => firstPartialMs).filter((ms) => !Number.isNaN(ms));
const figures = {
  clips: results.length,
  word_error_rate_percent: Math.round((sum(({ errors }) => errors) / sum(({ words }) => words)) * 1000) / 10,
  final_ms_p50: percentile(finals, 0.5),
  final_ms_p90: percentile(finals, 0.9),
  final_ms_max: percentile(finals, 1),
  ...(partials.length > 0 && { first_partial_ms_p50: percentile(partials, 0.5) }),
};
console.log('');
for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(26)} ${value}`);
report('asr', figures);
