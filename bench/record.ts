// An ear check: one recorded call, judged for clicks, gaps, clipped words, level. `node bench/record.ts [--json]`
import { existsSync, mkdirSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: the voice that the agent speaks with, to compare
import { EspeakTts } from '../agent/src/providers/index.ts';
import { Child } from './child.ts';
import { analyse, type ReferenceVoice } from './record/analysis.ts';
import { recordCall } from './record/call.ts';
import { TAPE_RATE, writeStereo } from './record/tape.ts';
import { report } from './report.ts';

const OUT = new URL('./out/', import.meta.url);
const START_PATIENCE_MS = 30_000;
const TTS_PATIENCE_MS = 5000;

interface Reference extends ReferenceVoice {
  close(): Promise<void>;
}

/** The lite voice, or undefined where the lite engines are not all at hand. */
async function liteVoice(): Promise<Reference | undefined> {
  if (!existsSync(process.env.PARLEY_PS_WORKER ?? '')) return undefined;
  const { signal } = new AbortController();
  const tts = await EspeakTts.load({ timeoutMs: TTS_PATIENCE_MS }, signal).catch(() => undefined);
  if (!tts) return undefined;
  return {
    rate: tts.rate,
    async speak(text) {
      const parts: number[] = [];
      for await (const chunk of tts.speak(text, { signal })) {
        if (chunk.kind === 'audio') for (const sample of chunk.samples) parts.push(sample);
      }
      return Int16Array.from(parts);
    },
    close: () => tts.close(),
  };
}

const voice = await liteVoice();
console.log(voice ? 'engines: lite' : 'engines: scripted (`npm run setup` brings the lite ones)');
const server = new Child(new URL('./server/process.ts', import.meta.url), [voice ? 'lite' : 'scripted']);
try {
  const { url } = await server.answer<{ url: string }>(START_PATIENCE_MS, 'the server');
  const call = await recordCall(url);
  const { caller, agent, packets } = call.tape.develop();
  mkdirSync(OUT, { recursive: true });
  const file = new URL('call.wav', OUT);
  writeStereo(file, caller, agent, TAPE_RATE);
  const { remarks, figures } = await analyse(call, agent, packets, voice);
  console.log(`bench/out/call.wav: ${(agent.length / TAPE_RATE).toFixed(1)} s, left the caller, right the agent`);
  for (const [i, { text, interrupted }] of call.replies.entries()) {
    console.log(`  reply ${i + 1}${interrupted ? ' (interrupted)' : ''}: ${text}`);
  }
  console.log(`  heard by the agent: ${call.transcripts.join(' | ')}`);
  for (const problem of call.problems) console.log(`  problem: ${problem}`);
  console.log(remarks.length === 0 ? '  nothing to remark' : remarks.map((remark) => `  ${remark}`).join('\n'));
  console.table(figures);
  report('record', figures);
} finally {
  await server.close();
  await voice?.close();
}
