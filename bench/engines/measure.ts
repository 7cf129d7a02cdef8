import type { AsrProvider, EngineSettings, TtsProvider } from '@parley/agent';
import { systemClock } from '@parley/agent';
// biome-ignore lint/style/noRestrictedImports: makes engines as the product does
import type { Make } from '../../agent/src/providers/make.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { makeAsr } from '../../agent/src/providers/make-asr.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { makeTts } from '../../agent/src/providers/make-tts.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { SherpaAsr } from '../../agent/src/providers/sherpa/index.ts';
import type { Candidate, Env } from './candidates.ts';
import { type Clip, recordings, tinyClips } from './clips.ts';
import { type Heard, hearFast, hearLive } from './hearing.ts';
import { ChildMemory } from './memory.ts';
import { TEST_MODEL } from './sherpa-folders.ts';
import { type Spoken, speak, TEXTS, type Text } from './speaking.ts';

export interface MeasureOptions {
  readonly settings: EngineSettings;
  readonly env: Env;
  readonly quick: boolean;
}

/** Of one engine. `memoryMb`: of its processes; NaN where it has none here. */
export interface Measured {
  readonly name: string;
  /** What went wrong, one line each. */
  readonly failures: readonly string[];
  readonly memoryMb: number;
}

export interface EarsMeasured extends Measured {
  readonly heard: readonly Heard[];
  /** Given as fast as it goes, in ms. */
  readonly fast: readonly { readonly tookMs: number; readonly audioMs: number }[];
}

export interface VoiceMeasured extends Measured {
  readonly spoken: readonly Spoken[];
}

const LOCAL = ['pocketsphinx', 'sherpa', 'espeak'];
/** Clips at one time where the work is done elsewhere. */
const REMOTE_AT_ONCE = 4;
/** How often each text is spoken; those that are paid for speak it once. */
const LOCAL_ROUNDS = 4;
/** Audio that is enough for the real-time factor, in ms: it need not be all. */
const FAST_AUDIO_MS = 20_000;
/** An engine that fails so often is not asked again. */
const MAX_FAILURES = 3;

/** Throws where the engine cannot be had, or fails at its first clip. */
export const measureEars = (candidate: Candidate, options: MeasureOptions): Promise<EarsMeasured> =>
  watched(candidate, makeAsr, options, async (asr, failures) => {
    const clips = clipsFor(candidate, asr, options.quick);
    const shortest = clips.toSorted((a, b) => a.ms - b.ms)[0];
    if (!shortest) throw new Error('no recording is in its languages');
    await hearFast(asr, shortest); // the first one loads and connects
    const atOnce = isLocal(candidate) ? 1 : REMOTE_AT_ONCE;
    const heard = await each(clips, atOnce, failures, (clip) => hearLive(asr, clip));
    const fast = await each(enoughOf(clips), 1, failures, async (clip) => ({
      tookMs: await hearFast(asr, clip),
      audioMs: clip.ms,
    }));
    return { heard, fast };
  });

/** Throws where the engine cannot be had, or fails at its first text. */
export const measureVoice = (candidate: Candidate, options: MeasureOptions): Promise<VoiceMeasured> =>
  watched(candidate, makeTts, options, async (tts, failures) => {
    const texts = await textsFor(candidate, tts);
    await speak(tts, texts[0] as Text); // the first one loads and connects
    const rounds = isLocal(candidate) && !options.quick ? LOCAL_ROUNDS : 1;
    const all = Array.from({ length: rounds }, () => texts).flat();
    return { spoken: await each(all, 1, failures, (text) => speak(tts, text)) };
  });

const isLocal = ({ decision }: Candidate): boolean => LOCAL.includes(decision.engine);

async function watched<Engine extends AsrProvider | TtsProvider, Result>(
  { name, decision }: Candidate,
  make: Make<Engine>,
  { settings, env }: MeasureOptions,
  measure: (engine: Engine, failures: string[]) => Promise<Result>,
): Promise<Result & Measured> {
  const memory = new ChildMemory();
  const failures: string[] = [];
  let engine: Engine | undefined;
  try {
    ({ engine } = await make(decision, settings, { env, signal: new AbortController().signal, clock: systemClock }));
    const result = await measure(engine, failures);
    return { ...result, name, failures, memoryMb: memory.end() };
  } finally {
    memory.end();
    await engine?.close?.();
  }
}

/** The test model hears its own clips only; who understands one language, that. */
function clipsFor({ name, decision }: Candidate, asr: AsrProvider, quick: boolean): Clip[] {
  if (name.endsWith(TEST_MODEL)) return tinyClips();
  const languages =
    decision.engine === 'pocketsphinx' ? ['en'] : asr instanceof SherpaAsr ? asr.model.languages : undefined;
  return recordings(quick).filter(({ language }) => languages?.includes(language) ?? true);
}

/** A model of sherpa-onnx's speaks what it was made for; where that is not known, English. */
async function textsFor({ decision }: Candidate, tts: TtsProvider): Promise<readonly Text[]> {
  if (decision.engine !== 'sherpa') return TEXTS;
  const spoken = (await tts.voices()).map(({ language }) => language.slice(0, 2));
  const texts = TEXTS.filter(
    ({ language }) => spoken.includes(language) || (language === 'en' && spoken.includes('mu')),
  );
  if (texts.length === 0) throw new Error(`it speaks neither English nor Mandarin but ${spoken.join(', ')}`);
  return texts;
}

/** So many at one time. What fails is told and left out. */
async function each<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  failures: string[],
  measure: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.values();
  const work = async (): Promise<void> => {
    for (const item of waiting) {
      if (failures.length >= MAX_FAILURES) return;
      try {
        results.push(await measure(item));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** Every second one, then the others, until there is enough. */
function enoughOf(clips: readonly Clip[]): Clip[] {
  const order = [...clips.filter((_, i) => i % 2 === 0), ...clips.filter((_, i) => i % 2 === 1)];
  let ms = 0;
  return order.filter((clip) => (ms += clip.ms) - clip.ms < FAST_AUDIO_MS);
}
