import { type SpokenClip, scene, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';
import { encodeScene, UTTERANCES, type Utterance, type Voice } from '../caller/voice.ts';

/** Between two clips of one sentence, in ms: far less than what ends a turn. */
const BREATH_MS = 120;
const LEAD_MS = 200;
/** Until the encoder takes it for silence. */
const TAIL_MS = 1500;
/** What silence is made of: room noise that the encoder knows for long, over a whole number of its refreshments, in ms. */
const SILENCE = { knownMs: 8000, ms: 2100 } as const;
const FRAME_MS = 20;
const ENDLESS_TIMES = 1;
const PAIRS = UTTERANCES.map((name, i) => [UTTERANCES[(i + 1) % UTTERANCES.length] as SpokenClip, name] as const);

export interface LoadVoice extends Pick<Voice, 'silence'> {
  readonly utterances: readonly Utterance[];
  readonly endless: Utterance;
}

/**
 * Sentences of some four seconds, each of two clips of real speech; and a dozen seconds without a pause. With DTX, as
 * the SDK asks browsers for.
 */
export function recordLoad(library: OpusLibrary): LoadVoice {
  const quiet = encodeScene(library, scene([SILENCE.knownMs + SILENCE.ms]), { dtx: true });
  const all = Array.from({ length: ENDLESS_TIMES }, () => UTTERANCES).flat();
  return {
    silence: quiet.slice(-SILENCE.ms / FRAME_MS),
    utterances: PAIRS.map((names) => record(library, names, { leadMs: LEAD_MS, tailMs: TAIL_MS })),
    endless: record(library, all, { leadMs: 0, tailMs: 0 }),
  };
}

/** The same sentences as samples, from where speech begins to where it ends. */
export const spokenSentences = (): Int16Array[] => PAIRS.map((names) => scene(joined(names)));

const joined = (names: readonly SpokenClip[]): (number | Int16Array)[] =>
  names.flatMap((name, i) => (i === 0 ? [spoken(name)] : [BREATH_MS, spoken(name)]));

function record(
  library: OpusLibrary,
  names: readonly SpokenClip[],
  { leadMs, tailMs }: { readonly leadMs: number; readonly tailMs: number },
): Utterance {
  const speech = joined(names);
  const packets = encodeScene(library, scene([leadMs, ...speech, tailMs]), { dtx: true });
  const samples = scene(speech).length;
  const first = leadMs / FRAME_MS;
  const last = first + Math.ceil(samples / (16 * FRAME_MS)) - 1;
  return { name: names.join('+'), packets, first, last: Math.min(last, packets.length - 1) };
}
