import { percentile, round1 } from '../stats.ts';
import type { Heard } from './hearing.ts';
import type { EarsMeasured, VoiceMeasured } from './measure.ts';
import type { ClipLanguage } from './words.ts';

/** Figures that could not be measured are left out. */
export type EngineFigures = Readonly<Record<string, number>>;

/** Error rates in percent, times in ms, real-time factors as shares of the audio's length, memory in MB. */
export function earsFigures({ name, heard, fast, failures, memoryMb }: EarsMeasured): EngineFigures {
  const finals = heard.map(({ finalMs }) => finalMs);
  const partials = heard.map(({ firstPartialMs }) => firstPartialMs).filter((ms) => !Number.isNaN(ms));
  return named(name, {
    wer_en: errorRate(heard, 'en'),
    cer_zh: errorRate(heard, 'zh'),
    final_p50_ms: Math.round(percentile(finals, 0.5)),
    final_p90_ms: Math.round(percentile(finals, 0.9)),
    first_partial_p50_ms: Math.round(percentile(partials, 0.5)),
    rtf: factor(fast.map(({ tookMs, audioMs }) => [tookMs, audioMs])),
    memory_mb: Math.round(memoryMb),
    clips: heard.length,
    failures: failures.length,
  });
}

/** The same for a voice. */
export function voiceFigures({ name, spoken, failures, memoryMb }: VoiceMeasured): EngineFigures {
  const firsts = spoken.map(({ firstAudioMs }) => firstAudioMs);
  return named(name, {
    first_audio_p50_ms: round1(percentile(firsts, 0.5)),
    first_audio_p90_ms: round1(percentile(firsts, 0.9)),
    rtf: factor(spoken.map(({ wholeMs, audioMs }) => [wholeMs, audioMs])),
    memory_mb: Math.round(memoryMb),
    texts: spoken.length,
    failures: failures.length,
  });
}

/** Errors among all that was said in a language, in percent: long clips weigh more. NaN for no clips. */
export function errorRate(heard: readonly Heard[], language: ClipLanguage): number {
  const those = heard.filter(({ clip }) => clip.language === language);
  const errors = those.reduce((sum, each) => sum + each.errors, 0);
  const units = those.reduce((sum, each) => sum + each.units, 0);
  return round1((100 * errors) / units);
}

/** Time taken for each second of audio; NaN for none. */
export function factor(pairs: readonly (readonly [tookMs: number, audioMs: number])[]): number {
  const [took, audio] = pairs.reduce(([a, b], [tookMs, audioMs]) => [a + tookMs, b + audioMs], [0, 0]);
  return Math.round((1000 * took) / audio) / 1000;
}

const named = (engine: string, figures: EngineFigures): EngineFigures =>
  Object.fromEntries(
    Object.entries(figures)
      .filter(([, value]) => !Number.isNaN(value))
      .map(([what, value]) => [`${engine}_${what}`, value]),
  );
