// biome-ignore lint/style/noRestrictedImports: cuts a reply's text as the agent did
import { ClauseCutter, speakable } from '../../agent/src/reply/index.ts';
import { percentile, round1 } from '../stats.ts';
import type { RecordedCall, RecordedReply } from './call.ts';
import { compare, type Likeness } from './likeness.ts';
import { findClicks, levels, MATCH_RATE, toMatchRate } from './sound.ts';
import { PLAYOUT_MS, type PlacedPacket, TAPE_RATE } from './tape.ts';

/** What the voice engine makes of a text, at its own rate. */
export interface ReferenceVoice {
  readonly rate: number;
  speak(text: string): Promise<Int16Array>;
}

export interface Findings {
  /** Lines for people: what is wrong, and where on the tape. */
  readonly remarks: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

const FRAME = TAPE_RATE / 50;
/** Longer than a reply's own pauses are: nothing was sent at all. */
const GAP_SAMPLES = 1.5 * FRAME;
/** Voice this soon after a reply was told to be over is its own, still on the way. */
const SETTLED = TAPE_RATE / 20;
const PLAYOUT = (PLAYOUT_MS * TAPE_RATE) / 1000;

/** Listens to the agent's track as a critic would. */
export async function analyse(
  { replies, bargeInStopMs, serverBargeInStopMs, lostPackets, callerLatenessMs }: RecordedCall,
  agent: Int16Array,
  packets: readonly PlacedPacket[],
  voice: ReferenceVoice | undefined,
): Promise<Findings> {
  const remarks: string[] = [];
  const clicks = findClicks(agent, TAPE_RATE);
  for (const { sample, jump } of clicks) remarks.push(`click at ${seconds(sample)}: a jump of ${jump}`);
  const gaps = replies.flatMap((reply) => gapsIn(packets, reply));
  for (const { start, ms } of gaps) remarks.push(`gap at ${seconds(start)}: ${ms} ms`);
  const late = packets.filter(({ lateMs }) => lateMs > 0);
  remarks.push(...lateness(packets));
  const { speechDb, peakDb, clipped } = levels(agent, TAPE_RATE);
  const likenesses = voice ? await compareAll(agent, replies, voice) : [];
  for (const [i, { jumps, clippedStartMs, startsAt, correlation }] of likenesses.entries()) {
    const at = seconds((startsAt * TAPE_RATE) / MATCH_RATE);
    if (clippedStartMs > 0) remarks.push(`reply ${i + 1} at ${at}: its first ${clippedStartMs} ms are missing`);
    for (const { atMs, ms } of jumps) remarks.push(`reply ${i + 1} at ${at}: ${ms} ms of time at ${atMs} ms`);
    if (correlation < 0.8) remarks.push(`reply ${i + 1} at ${at}: likeness only ${round1(correlation * 100)} %`);
  }
  const correlations = likenesses.map(({ correlation }) => correlation);
  const figures = {
    replies: replies.length,
    clicks: clicks.length,
    gaps: gaps.length,
    longest_gap_ms: Math.max(0, ...gaps.map(({ ms }) => ms)),
    lost_packets: lostPackets,
    late_packets: late.length,
    caller_lateness_max_ms: round1(callerLatenessMs),
    clipped_starts: likenesses.filter(({ clippedStartMs }) => clippedStartMs > 0).length,
    time_jumps: likenesses.reduce((sum, { jumps }) => sum + jumps.length, 0),
    ...(voice ? { likeness_percent_worst: round1(100 * Math.min(...correlations)) } : {}),
    ...(voice ? { likeness_percent_p50: round1(100 * percentile(correlations, 0.5)) } : {}),
    barge_in_stop_ms: round1(bargeInStopMs),
    server_barge_in_stop_ms: round1(serverBargeInStopMs),
    speech_level_db: round1(speechDb),
    peak_db: round1(peakDb),
    clipped_samples: clipped,
  };
  return { remarks, figures };
}

const seconds = (sample: number): string => `${(sample / TAPE_RATE).toFixed(2)} s`;

/** Places between a reply's first and last packet with voice where no packet plays. */
function gapsIn(packets: readonly PlacedPacket[], { from, to }: RecordedReply): { start: number; ms: number }[] {
  const inside = packets.filter(({ start }) => start > from + PLAYOUT + SETTLED && start < to + PLAYOUT);
  const own = inside.slice(
    inside.findIndex(({ voice }) => voice),
    inside.findLastIndex(({ voice }) => voice) + 1,
  );
  return own.slice(1).flatMap(({ start }, i) => {
    const before = own[i] as PlacedPacket;
    const between = start - before.start;
    if (between < GAP_SAMPLES) return [];
    return [{ start: before.start + FRAME, ms: Math.round(((between - FRAME) * 1000) / TAPE_RATE) }];
  });
}

/** One line for each run of packets that came late. */
function lateness(packets: readonly PlacedPacket[]): string[] {
  const runs: PlacedPacket[][] = [];
  for (const packet of packets.filter(({ lateMs }) => lateMs > 0)) {
    const run = runs.at(-1);
    if (run && packet.start - (run.at(-1) as PlacedPacket).start < TAPE_RATE / 2) run.push(packet);
    else runs.push([packet]);
  }
  return runs.map((run) => {
    const most = round1(Math.max(...run.map(({ lateMs }) => lateMs)));
    return `late at ${seconds(run[0]?.start ?? 0)}: ${run.length} packets, by up to ${most} ms`;
  });
}

async function compareAll(
  agent: Int16Array,
  replies: readonly RecordedReply[],
  voice: ReferenceVoice,
): Promise<Likeness[]> {
  const heard = toMatchRate(agent, TAPE_RATE);
  const found: Likeness[] = [];
  const toMatch = (sample: number): number => Math.round((sample * MATCH_RATE) / TAPE_RATE);
  for (const { text, interrupted, from, to } of replies) {
    const reference = await speakAll(voice, text, interrupted);
    if (reference.length > 0) found.push(compare(heard, reference, toMatch(from), toMatch(to + PLAYOUT)));
  }
  return found;
}

/** The reply as the agent had it spoken, clause by clause; of an interrupted one what is sure to be complete. */
async function speakAll(voice: ReferenceVoice, text: string, interrupted: boolean): Promise<Float32Array> {
  const cutter = new ClauseCutter();
  const clauses = cutter.push(text);
  if (!interrupted) clauses.push(...cutter.flush());
  const parts: Int16Array[] = [];
  for (const clause of clauses) parts.push(await voice.speak(speakable(clause)));
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return toMatchRate(whole, voice.rate);
}
