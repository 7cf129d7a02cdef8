import { HEARING_RATE } from '@parley/agent';
import { rms } from '@parley/agent/testing';
import { locate, MATCH_RATE, toMatchRate } from '../record/sound.ts';
import type { Word } from './clips.ts';

/** A packet of the agent as the caller got it, decoded at 16 kHz. */
export interface ReceivedPacket {
  /** Clock's ms of its arrival. */
  readonly at: number;
  /** RTP, 48 kHz. */
  readonly timestamp: number;
  /** RMS of its end: Opus carries some ms of the packet before at its start. */
  readonly level: number;
  readonly pcm: Int16Array;
}

/** Voice without a break, and where it lies in what the agent meant to say. */
export interface PlacedRun {
  readonly packets: readonly ReceivedPacket[];
  /** First and last sample of the reference, at 16 kHz. */
  readonly from: number;
  readonly to: number;
  /** With the reference, at its head; 1 is the same wave. */
  readonly correlation: number;
}

export interface WordFaults {
  readonly repeated: readonly string[];
  readonly lost: readonly string[];
}

const FRAME = HEARING_RATE / 50;
const UNITS_A_FRAME = 960;
/** Softer packets are the silence that the agent sends after its voice; its breath is louder, ducked too. */
const SILENT = 4;
/** Two runs join where a codec's delay and a fade are all that lies between, in samples: 60 ms. */
const TOLERANCE = (60 * HEARING_RATE) / 1000;
const RATIO = HEARING_RATE / MATCH_RATE;
const WINDOW = (400 * MATCH_RATE) / 1000;
const NEAR = (60 * MATCH_RATE) / 1000;
const FAR = 3 * MATCH_RATE;
const FOUND = 0.7;
/** A window that is softer has no place. */
const AUDIBLE = 150;
const PAD = MATCH_RATE / 2;

export const isSilent = ({ level }: ReceivedPacket): boolean => level < SILENT;

/** Packets with voice that follow each other without a break. */
export function runsOf(packets: readonly ReceivedPacket[]): ReceivedPacket[][] {
  const runs: ReceivedPacket[][] = [];
  for (const packet of packets) {
    if (isSilent(packet)) continue;
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last !== undefined && (packet.timestamp - last.timestamp) >>> 0 <= UNITS_A_FRAME;
    if (run && follows) run.push(packet);
    else runs.push([packet]);
  }
  return runs;
}

/** Lays the voice of one reply over what the TTS made of it (16 kHz), run by run. */
export function placeRuns(packets: readonly ReceivedPacket[], reference: Int16Array): PlacedRun[] {
  const padded = new Float32Array(reference.length / RATIO + 2 * PAD);
  padded.set(toMatchRate(reference, HEARING_RATE), PAD);
  const placed: PlacedRun[] = [];
  for (const run of runsOf(packets)) {
    const expected = placed.at(-1)?.to ?? 0;
    placed.push(place(run, padded, expected));
  }
  return placed;
}

function place(packets: readonly ReceivedPacket[], reference: Float32Array, expected: number): PlacedRun {
  const heard = toMatchRate(joined(packets), HEARING_RATE);
  const start = Math.round(expected / RATIO) + PAD;
  const head = find(heard, reference, start, loudFrom(heard, 0));
  const from = head?.start ?? start;
  const tail = find(heard, reference, from, loudBefore(heard));
  const to = (tail?.start ?? from) + heard.length;
  return {
    packets,
    from: (from - PAD) * RATIO,
    to: (to - PAD) * RATIO,
    correlation: head?.correlation ?? Number.NaN,
  };
}

/** Where in the reference the run would begin, judged by its window at `at`; undefined where there is nothing to see. */
function find(
  heard: Float32Array,
  reference: Float32Array,
  start: number,
  at: number | undefined,
): { start: number; correlation: number } | undefined {
  if (at === undefined) return undefined;
  const window = heard.subarray(at, at + WINDOW);
  const around = (reach: number) => locate(reference, window, start + at - reach, start + at + reach);
  const near = around(NEAR);
  const match = near.correlation >= FOUND ? near : around(FAR);
  return match.correlation >= FOUND ? { start: match.at - at, correlation: match.correlation } : undefined;
}

/** The first window that is loud enough to be found; a short run is one window. */
function loudFrom(heard: Float32Array, from: number): number | undefined {
  for (let at = from; at === from || at + WINDOW <= heard.length; at += WINDOW / 4) {
    if (rms(heard, at, Math.min(heard.length, at + WINDOW)) >= AUDIBLE) return at;
  }
  return undefined;
}

function loudBefore(heard: Float32Array): number | undefined {
  const last = Math.max(0, heard.length - WINDOW);
  for (let at = last; at >= 0; at -= WINDOW / 4)
    if (rms(heard, at, Math.min(heard.length, at + WINDOW)) >= AUDIBLE) return at;
  return undefined;
}

function joined(packets: readonly ReceivedPacket[]): Int16Array {
  const all = new Int16Array(packets.length * FRAME);
  for (const [i, { pcm }] of packets.entries()) all.set(pcm.subarray(0, FRAME), i * FRAME);
  return all;
}

/**
 * Words that were heard twice or not at all. `complete`: the reply was said to its end, so what is missing there is
 * lost, too.
 */
export function wordFaults(
  runs: readonly PlacedRun[],
  reference: { readonly length: number; readonly words: readonly Word[] },
  complete: boolean,
): WordFaults {
  const within = (from: number, to: number): string[] =>
    reference.words.filter((word) => mostlyInside(word, from, to)).map(({ text }) => text);
  const lost: string[] = [];
  const repeated: string[] = [];
  let heardTo = 0;
  for (const { packets, from, to } of runs) {
    if (from > heardTo + TOLERANCE) lost.push(...within(heardTo, from));
    if (from < heardTo - TOLERANCE) repeated.push(...within(from, heardTo));
    // Time that was put in or left out inside the run.
    const jump = to - from - packets.length * FRAME;
    if (jump > TOLERANCE) lost.push(...within(to - jump, to));
    if (jump < -TOLERANCE) repeated.push(...within(to, to - jump));
    heardTo = to;
  }
  if (complete && heardTo < reference.length - TOLERANCE) lost.push(...within(heardTo, reference.length));
  return { repeated, lost };
}

/** At least half of the word. */
function mostlyInside(word: Word, from: number, to: number): boolean {
  const ms = (samples: number): number => (samples * 1000) / HEARING_RATE;
  const inside = Math.min(word.to, ms(to)) - Math.max(word.from, ms(from));
  return inside >= (word.to - word.from) / 2;
}
