import { HEARING_RATE } from '@parley/agent';
import { rms } from '@parley/agent/testing';
import type { PlacedRun, ReceivedPacket } from './received.ts';

/** A packet and how loud it is against what the TTS made; undefined where that is too soft to tell. */
export interface GainPoint {
  readonly at: number;
  readonly gain: number | undefined;
}

const FRAME = HEARING_RATE / 50;
/** A frame of the reference softer than this tells nothing of the gain. */
const AUDIBLE = 250;
/** The first packet of a ramp down keeps most of its level; the one after shows what it was. */
const FALLING = 0.92;
const REDUCED = 0.6;
/** What is usual is judged by so many ms before. */
const BEFORE_MS = 500;

/** Packet by packet, against the reference at the run's place in it. */
export function gainsOf({ packets, from }: PlacedRun, reference: Int16Array): GainPoint[] {
  return packets.map(({ at, pcm }, i) => {
    const start = Math.round(from) + i * FRAME;
    const meant = reference.subarray(Math.max(0, start), start + FRAME);
    const level = rms(meant);
    return { at, gain: level < AUDIBLE ? undefined : rms(pcm) / level };
  });
}

/** Less than the jitter buffer at its shortest, in ms. */
const EARLIEST_MS = 25;

export type Duck =
  /** The first packet after the onset that is softer than meant, or silent. */
  | { readonly kind: 'ducked'; readonly at: number }
  /** It fell while the voice made a pause of its own, where nobody can tell when; or for another reason. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'none' };

/**
 * When the voice yields to a sound that began at the clock's ms `onset`; looked for until `until`. What falls sooner
 * than the sound can have come through the server's jitter buffer fell for another reason.
 */
export function findDuck(runs: readonly PlacedRun[], reference: Int16Array, onset: number, until: number): Duck {
  const run = runs.find(({ packets }) => isDuring(packets, onset));
  if (!run) return { kind: 'none' };
  const points = gainsOf(run, reference);
  const known = points.filter((point): point is { at: number; gain: number } => point.gain !== undefined);
  const usual = median(known.filter(({ at }) => at > onset - BEFORE_MS && at < onset).map(({ gain }) => gain)) ?? 1;
  let last = onset;
  for (const [i, { at, gain }] of known.entries()) {
    if (at <= onset) {
      last = at;
      continue;
    }
    if (at > until) return { kind: 'none' };
    const next = known[i + 1];
    const falls = gain < FALLING * usual && (next === undefined || next.gain < REDUCED * usual);
    if (falls || gain < REDUCED * usual) {
      return at - last > 30 || at < onset + EARLIEST_MS ? { kind: 'unseen' } : { kind: 'ducked', at };
    }
    last = at;
  }
  const stopped = (run.packets.at(-1) as ReceivedPacket).at + 20;
  return stopped < until ? { kind: 'ducked', at: stopped } : { kind: 'none' };
}

const isDuring = (packets: readonly ReceivedPacket[], at: number): boolean =>
  (packets[0] as ReceivedPacket).at <= at && (packets.at(-1) as ReceivedPacket).at >= at - 20;

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
