import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { percentile, round1 } from '../../stats.ts';
import { ANSWER, ANSWER_MS } from '../engines.ts';
import type { CapacityOptions } from '../options.ts';
import { slope } from '../ramp.ts';
import { Stage } from '../stage.ts';
import { INTERRUPTING_SHARE } from '../talk.ts';
import { spokenSentences } from '../voices.ts';
import { installPeer } from './install.ts';

/** What one of the two took at so many sessions. */
export interface Side {
  readonly sessions: number;
  /** CPU seconds for a minute of one session. */
  readonly cpuSeconds: number;
  readonly rssMb: number;
  /** Beyond the silence that ends a turn, in ms. */
  readonly overheads: readonly number[];
  readonly stops: readonly number[];
  readonly turns: number;
  readonly unanswered: number;
  readonly cut: number;
}

export interface Comparison {
  readonly version: string;
  readonly ours: readonly Side[];
  readonly peer: readonly Side[];
}

/** Equal for both, in ms: silence that ends a turn, speech that takes the floor. */
export const SETTINGS = { silenceMs: 500, interruptionMs: 200 } as const;
const SETTLE_MS = 10_000;

/** The same sentences and answers to both, one after the other at each number of sessions. */
export async function compare({ peerSessions, peerMs, threads }: CapacityOptions): Promise<Comparison> {
  const { harness, version } = await installPeer();
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-peer-'));
  try {
    const pcm = join(folder, 'sentences.pcm');
    const clips = writeSentences(pcm);
    const [ours, peer]: [Side[], Side[]] = [[], []];
    for (const sessions of peerSessions) {
      peer.push(await runPeer(harness, { pcm, clips, sessions, ms: peerMs }));
      print(`@livekit/agents ${version}`, peer.at(-1) as Side);
      ours.push(await runOurs(sessions, peerMs, threads));
      print('Parley', ours.at(-1) as Side);
    }
    return { version, ours, peer };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names as the suite tells them. */
export function comparisonFigures({ ours, peer }: Comparison): Record<string, number> {
  const figures: Record<string, number> = {};
  const both = peer.flatMap((theirs) => {
    const own = ours.find(({ sessions }) => sessions === theirs.sessions);
    return own ? [{ own, theirs }] : [];
  });
  for (const { own, theirs } of both) {
    figures[`peer_cpu_ratio_${own.sessions}`] = Math.round((100 * own.cpuSeconds) / theirs.cpuSeconds) / 100;
  }
  // Where both still keep up.
  const fair = both.filter(({ own }) => own.sessions <= 10).at(-1);
  if (fair) {
    figures.overhead_p50_ms = round1(percentile(fair.own.overheads, 0.5));
    figures.peer_overhead_p50_ms = round1(percentile(fair.theirs.overheads, 0.5));
    figures.interruption_p50_ms = round1(percentile(fair.own.stops, 0.5));
    figures.peer_interruption_p50_ms = round1(percentile(fair.theirs.stops, 0.5));
  }
  const memory = (sides: readonly Side[]): number =>
    round1(slope(sides.map(({ sessions, rssMb }) => [sessions, rssMb] as const)));
  figures.session_mb = memory(ours);
  figures.peer_session_mb = memory(peer);
  return figures;
}

function writeSentences(file: string): (readonly [number, number])[] {
  const marks: (readonly [number, number])[] = [];
  const sentences = spokenSentences();
  const all = new Int16Array(sentences.reduce((sum, { length }) => sum + length, 0));
  for (const sentence of sentences) {
    const from = marks.at(-1)?.[1] ?? 0;
    all.set(sentence, from);
    marks.push([from, from + sentence.length]);
  }
  writeFileSync(file, new Uint8Array(all.buffer));
  return marks;
}

interface PeerRun {
  readonly pcm: string;
  readonly clips: readonly (readonly [number, number])[];
  readonly sessions: number;
  readonly ms: number;
}

async function runPeer(harness: string, run: PeerRun): Promise<Side> {
  const answer = { answer: ANSWER, answerMs: ANSWER_MS };
  const job = { ...run, ...SETTINGS, ...answer, settleMs: SETTLE_MS, interruptingShare: INTERRUPTING_SHARE };
  const options = { timeout: run.ms + 120_000, maxBuffer: 1 << 24 };
  const { stdout } = await promisify(execFile)(process.execPath, [harness, JSON.stringify(job)], options);
  const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const { answers, percent, loopP99Ms: _, ...rest } = told;
  return { sessions: run.sessions, cpuSeconds: cpuSeconds(percent, run.sessions), overheads: beyond(answers), ...rest };
}

async function runOurs(sessions: number, ms: number, threads: number): Promise<Side> {
  const agent = { threads, endpointingMs: SETTINGS.silenceMs, interruptionMs: SETTINGS.interruptionMs };
  const stage = await Stage.open({ encrypted: 0, config: { agent } });
  try {
    await stage.call(sessions, 'converse');
    await pause(SETTLE_MS);
    const { heard, serverPercent, mediaPercent, rssMb } = await stage.measure(ms);
    const { answers, stops, turns, unanswered, cut } = heard;
    const overheads = beyond(answers);
    const percent = serverPercent + mediaPercent;
    return { sessions, cpuSeconds: cpuSeconds(percent, sessions), rssMb, overheads, stops, turns, unanswered, cut };
  } finally {
    await stage.close();
  }
}

const beyond = (answers: readonly number[]): number[] => answers.map((ms) => ms - SETTINGS.silenceMs);
const cpuSeconds = (percent: number, sessions: number): number => (percent / 100) * (60 / sessions);

function print(name: string, { sessions, cpuSeconds: cpu, rssMb, overheads, stops, ...counts }: Side): void {
  const p50 = (of: readonly number[]): number => round1(percentile(of, 0.5));
  const p95 = (of: readonly number[]): number => round1(percentile(of, 0.95));
  console.log(
    `${name}, ${sessions} sessions: ${Math.round(cpu * 100) / 100} s of CPU a session-minute, ${Math.round(rssMb)} MB, ` +
      `overhead p50 ${p50(overheads)} p95 ${p95(overheads)} ms, interruption p50 ${p50(stops)} ms (${stops.length}), ` +
      `${counts.turns} turns, ${counts.unanswered} unanswered, ${counts.cut} cut off`,
  );
}
