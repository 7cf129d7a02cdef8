import { setTimeout as pause } from 'node:timers/promises';
import type { AsrProvider, PcmFrame } from '@parley/agent';
import { framesOf } from '@parley/agent/testing';
import type { Clip } from './clips.ts';
import { errorsBetween, unitsOf } from './words.ts';

/** One clip, heard at the pace of a microphone. */
export interface Heard {
  readonly clip: Clip;
  readonly text: string;
  /** Words, or characters, that were said; and those wrong. */
  readonly units: number;
  readonly errors: number;
  /** From the last sample to the final text. */
  readonly finalMs: number;
  /** From the start of the voice to the first words; NaN where they came with the final only. */
  readonly firstPartialMs: number;
}

/** An engine that takes longer for one clip hangs. */
const PATIENCE_MS = 60_000;
const FRAME_MS = 20;

/** In real time, in frames of 20 ms: each is given when its last sample has sounded. */
export async function hearLive(asr: AsrProvider, clip: Clip): Promise<Heard> {
  const start = performance.now();
  let firstAt = Number.NaN;
  let text = '';
  for await (const heard of transcribe(asr, clip, live(clip.samples, start))) {
    if (heard.kind === 'partial' && heard.text !== '' && Number.isNaN(firstAt)) firstAt = performance.now();
    text = heard.text;
  }
  const now = performance.now();
  const said = unitsOf(clip.text, clip.language);
  return {
    clip,
    text,
    units: said.length,
    errors: errorsBetween(said, unitsOf(text, clip.language)),
    finalMs: now - start - clip.ms,
    firstPartialMs: firstAt - start - clip.speechAtMs,
  };
}

/** ms until the final text of a clip that is given as fast as it is taken. */
export async function hearFast(asr: AsrProvider, clip: Clip): Promise<number> {
  const start = performance.now();
  for await (const _ of transcribe(asr, clip, atOnce(clip.samples))) {
    // Only the time counts.
  }
  return performance.now() - start;
}

const transcribe = (asr: AsrProvider, { language }: Clip, audio: AsyncIterable<PcmFrame>) =>
  asr.transcribe(audio, { signal: AbortSignal.timeout(PATIENCE_MS), language });

async function* live(samples: Int16Array, start: number): AsyncGenerator<PcmFrame> {
  for (const frame of framesOf(samples, FRAME_MS)) {
    const ms = start + frame.at + (frame.samples.length * 1000) / frame.rate - performance.now();
    if (ms > 0) await pause(ms);
    yield frame;
  }
}

async function* atOnce(samples: Int16Array): AsyncGenerator<PcmFrame> {
  yield* framesOf(samples, FRAME_MS);
}
