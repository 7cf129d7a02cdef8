// Calls on loudspeakers, with the truth about each frame. For tests and the bench, never imported by the product.
import type { OpusLibrary } from '../../../codec/index.ts';
import { FRAME_MS, HEARING_RATE, type OpusRate } from '../../../contracts/index.ts';
import { rms } from '../../../testing/signal.ts';
import { pinkNoise } from '../../../testing/speech-scene.ts';
import { EchoGate, type EchoJudgement } from '../echo-gate.ts';
import { EchoVerdict } from '../echo-verdict.ts';
import { atRate, type EchoPath, echoOf, mixed, throughOpus } from './echo-path.ts';

/** Speech of 16 kHz that begins at `at`, in ms, at a level in dB of full scale. */
export interface Talk {
  readonly at: number;
  readonly speech: Int16Array;
  readonly levelDb: number;
}

export interface EchoSceneOptions {
  readonly agent: readonly Talk[];
  readonly caller?: readonly Talk[];
  /** Without: headphones. */
  readonly path?: EchoPath;
  /** Of the room's pink noise, in dB of full scale. */
  readonly noiseDb?: number;
  /** Hz that the agent's voice is sent at. */
  readonly rate?: OpusRate;
  readonly seed?: number;
}

/** Signals of one length; all at 16 kHz but for `sent`. */
export interface EchoScene {
  readonly sent: Int16Array;
  readonly rate: OpusRate;
  readonly echo: Float32Array;
  readonly caller: Int16Array;
  readonly mic: Int16Array;
}

/** One microphone frame: what the gate made of it, and the truth. */
export interface JudgedFrame extends EchoJudgement {
  readonly at: number;
  readonly isEcho: boolean;
  /** Levels over the last 100 ms, in dB of full scale. */
  readonly echoDb: number;
  readonly callerDb: number;
}

const TRUTH_MS = 100;
const AFTER_MS = 700;
const DEFAULT_NOISE_DB = -70;

/** What is sent and what comes back, both through Opus. */
export function echoScene(library: OpusLibrary, options: EchoSceneOptions): EchoScene {
  const { agent, caller = [], path, noiseDb = DEFAULT_NOISE_DB, rate = 24_000, seed = 1 } = options;
  const ends = [...agent, ...caller].map((talk) => talk.at + (talk.speech.length * 1000) / HEARING_RATE);
  const frames = Math.ceil((Math.max(...ends) + AFTER_MS) / FRAME_MS);
  const sent = atRate(library, placed(agent, frames), rate);
  const callerTrack = placed(caller, frames);
  const heard = path && throughOpus(library, sent, rate);
  const echo = heard ? echoOf(heard, { seed, ...path }) : new Float32Array(callerTrack.length);
  const noise = pinkNoise(callerTrack.length, seed).map((sample) => sample * 32768 * 10 ** (noiseDb / 20));
  const mic = throughOpus(library, mixed(echo, callerTrack, noise), HEARING_RATE);
  return { sent, rate, echo, caller: callerTrack, mic };
}

export interface HearSceneOptions {
  readonly gate?: EchoGate;
  readonly verdict?: EchoVerdict;
  /** Clock's ms at which the scene begins. */
  readonly startAt?: number;
  /** By how much a frame comes late, in ms. */
  readonly jitter?: (frame: number) => number;
}

/** Plays the scene to a gate and a verdict, in step with time. Silence is not sent, as by the mouth. */
export function hearScene(scene: EchoScene, options: HearSceneOptions = {}): JudgedFrame[] {
  const { gate = new EchoGate(), verdict = new EchoVerdict(), startAt = 1000, jitter = () => 0 } = options;
  const size = (HEARING_RATE * FRAME_MS) / 1000;
  const sentSize = (scene.rate * FRAME_MS) / 1000;
  return Array.from({ length: scene.mic.length / size }, (_, i) => {
    const at = i * FRAME_MS;
    const ours = scene.sent.subarray(i * sentSize, (i + 1) * sentSize);
    if (ours.some((sample) => sample !== 0)) gate.sent(ours, scene.rate, startAt + at);
    const samples = scene.mic.subarray(i * size, (i + 1) * size);
    const arrivedAt = startAt + at + jitter(i);
    const judgement = gate.judge({ samples, rate: HEARING_RATE, at }, arrivedAt);
    verdict.hear(judgement, startAt + at);
    const isEcho = verdict.isEcho(startAt + at);
    const level = (track: ArrayLike<number>): number => recentDb(track, (i + 1) * size);
    return { ...judgement, at, isEcho, echoDb: level(scene.echo), callerDb: level(scene.caller) };
  });
}

function recentDb(track: ArrayLike<number>, end: number): number {
  const from = Math.max(0, end - (HEARING_RATE * TRUTH_MS) / 1000);
  return 20 * Math.log10(rms(track, from, end) / 32768 + 1e-6);
}

function placed(talks: readonly Talk[], frames: number): Int16Array {
  const track = new Int16Array((frames * FRAME_MS * HEARING_RATE) / 1000);
  for (const { at, speech, levelDb } of talks) {
    const gain = (32768 * 10 ** (levelDb / 20)) / rms(speech);
    const from = (at * HEARING_RATE) / 1000;
    for (let i = 0; i < speech.length; i++) {
      const sum = (track[from + i] as number) + gain * (speech[i] as number);
      track[from + i] = Math.max(-32768, Math.min(32767, sum));
    }
  }
  return track;
}
