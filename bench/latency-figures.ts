import type { TurnFigures } from '@parley/signaling/protocol';
import type { TurnRecord } from './caller/conversation.ts';
import type { CallersResult } from './caller/process.ts';
import { percentile, round1 } from './stats.ts';

/** One measured thing over all turns of a load, in ms. */
export interface Row {
  readonly name: string;
  readonly values: readonly number[];
}

const STAGES = [
  'endpointing',
  'asr_final',
  'llm_first_token',
  'tts_first_audio',
  'first_packet',
  'voice_to_voice',
  'barge_in_stop',
  'speculation_saved',
] as const satisfies readonly (keyof TurnFigures)[];

/** A turn counts where this process was never later than this with its own packets, in ms. */
const LATENESS_ALLOWED_MS = 15;

/** Measured by a clock that did not stand still: the machine may have other work. */
export const undisturbed = (turns: readonly TurnRecord[]): TurnRecord[] =>
  turns.filter(({ ownLateness, failure }) => failure === undefined && ownLateness <= LATENESS_ALLOWED_MS);

/** The same turns as the callers saw them and as the server did. `silenceMs` ends a turn; absent where it varies. */
export function rowsOf({ turns, sendLateness, arrivalLateness }: CallersResult, silenceMs?: number): Row[] {
  const row = (name: string, value: (turn: TurnRecord) => number | undefined): Row => ({
    name,
    values: turns.map(value).filter((each) => each !== undefined),
  });
  return [
    row('overhead', ({ voiceToVoice }) => less(voiceToVoice, silenceMs)),
    row('overhead_server', ({ server }) => less(server.voice_to_voice, silenceMs)),
    // What the two disagree by: where speech ended, and the way to the caller.
    row('speech_end_error', ({ voiceToVoice, server }) => less(voiceToVoice, server.voice_to_voice)),
    row('voice_to_voice', ({ voiceToVoice }) => voiceToVoice),
    row('barge_in_stop', ({ bargeInStop }) => bargeInStop),
    ...STAGES.map((stage) => row(`server_${stage}`, ({ server }) => server[stage])),
    { name: 'caller_send_lateness', values: sendLateness },
    { name: 'caller_arrival_lateness', values: arrivalLateness },
  ].filter(({ values }) => values.length > 0);
}

const less = (value: number | undefined, by: number | undefined): number | undefined =>
  value === undefined || by === undefined ? undefined : value - by;

/** `overhead` with the suffix `_10` gives `overhead_p50_ms_10` and `overhead_p95_ms_10`. */
export function figuresOf(rows: readonly Row[], suffix: string): Record<string, number> {
  return Object.fromEntries(
    rows.flatMap(({ name, values }) => [
      [`${name}_p50_ms${suffix}`, round1(percentile(values, 0.5))],
      [`${name}_p95_ms${suffix}`, round1(percentile(values, 0.95))],
    ]),
  );
}

/** By how much each is more than the one of the same name, as `<way>_more_than_webrtc_...`. */
export function differenceOf(rows: readonly Row[], others: readonly Row[], way: string): Record<string, number> {
  const ours = figuresOf(rows, '');
  const theirs = figuresOf(others, '');
  const both = Object.entries(ours).filter(([name]) => theirs[name] !== undefined);
  return Object.fromEntries(
    both.map(([name, ms]) => [`${way}_more_than_webrtc_${name}`, round1(ms - (theirs[name] ?? 0))]),
  );
}

export function printRows(rows: readonly Row[]): void {
  const table = rows.map(({ name, values }) => {
    const [p50, p95, max] = [0.5, 0.95, 1].map((share) => round1(percentile(values, share)));
    return [name, { n: values.length, p50, p95, max }];
  });
  console.table(Object.fromEntries(table));
}

/** Which sentences cost how much: the end of some is harder to hear. */
export function printClips(turns: readonly TurnRecord[], silenceMs: number): void {
  const names = [...new Set(turns.map(({ clip }) => clip))].sort();
  const table = names.map((name) => {
    const own = turns.filter(({ clip }) => clip === name);
    const over = own.flatMap(({ voiceToVoice }) => voiceToVoice ?? []).map((value) => value - silenceMs);
    const stops = own.flatMap(({ bargeInStop }) => bargeInStop ?? []);
    const figures = {
      'overhead p50': percentile(over, 0.5),
      max: percentile(over, 1),
      'stop p50': percentile(stops, 0.5),
    };
    return [name, { n: own.length, ...mapValues(figures, round1) }];
  });
  console.table(Object.fromEntries(table));
}

const mapValues = (object: Record<string, number>, fn: (value: number) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value)]));
