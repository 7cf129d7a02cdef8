import {
  ProviderError,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '../../contracts/index.ts';
import { type Clock, sleep } from '../../kernel/index.ts';
import { rms } from '../signal.ts';
import { clip } from './clips.ts';
import { forever } from './scene-llm.ts';
import type { TtsScript } from './schema-engines.ts';
import { type TimedWord, timed } from './words.ts';

const RATE = 24_000;
const CHUNK = RATE / 10;
/** Of the agent's speech, in dB of full scale. */
const VOICE_DB = -20;
const VOICES = ['jfk', 'librivox-0880', 'harvard-1'];

/** Where a chunk of audio belongs. */
export interface ChunkOrigin {
  /** Counts the pieces of text that were spoken. */
  readonly piece: number;
  /** Its first sample in that piece's audio, and of how many. */
  readonly offset: number;
  readonly of: number;
  /** Words that begin in it, in ms of the chunk. */
  readonly words: readonly TimedWord[];
}

/** A text that was spoken. */
export interface SpokenPiece {
  readonly text: string;
  /** Of its audio. */
  readonly ms: number;
  readonly words: readonly TimedWord[];
}

/** Speaks a tone or real speech, as long as the text is, and remembers what each chunk of it is. */
export class SceneTts implements TtsProvider {
  readonly id = 'scene-tts';
  readonly rate = RATE;
  readonly said: string[] = [];
  readonly #clock: Clock;
  readonly #script: TtsScript;
  readonly #onPiece: (piece: SpokenPiece, signal: AbortSignal) => void;
  readonly #origins = new WeakMap<Int16Array, ChunkOrigin>();
  #spoken = 0;

  /** `onPiece` is told of each text before its first audio, with the signal of whoever wants it. */
  constructor(clock: Clock, script: TtsScript, onPiece: (piece: SpokenPiece, signal: AbortSignal) => void = () => {}) {
    this.#clock = clock;
    this.#script = script;
    this.#onPiece = onPiece;
  }

  /** Undefined for audio that is not from here as it is. */
  originOf(chunk: Int16Array): ChunkOrigin | undefined {
    return this.#origins.get(chunk);
  }

  async voices(): Promise<readonly Voice[]> {
    return [{ id: 'scene', name: 'Scene', language: 'en' }];
  }

  async *speak(text: string, { signal }: SpeakOptions): AsyncIterable<SpeechChunk> {
    const { first_audio_ms, ms_per_character, word_times, rules } = this.#script;
    const piece = this.said.push(text);
    const rule = rules.find(({ when }) => when === undefined || text.toLowerCase().includes(when.toLowerCase()));
    await sleep(this.#clock, rule?.first_audio_ms ?? first_audio_ms, signal);
    if (rule?.stalls) await forever(signal);
    if (rule?.fails) throw new ProviderError('tts', rule.fails, 'the scene says so');
    const ms = text.length * ms_per_character;
    const words = timed(text, 0, ms);
    const of = Math.round((ms * RATE) / 1000);
    this.#onPiece({ text, ms, words }, signal);
    for (let offset = 0; offset < of; offset += CHUNK) {
      const samples = this.#audio(Math.min(CHUNK, of - offset));
      const [from, to] = [(offset * 1000) / RATE, ((offset + samples.length) * 1000) / RATE];
      const own = words.filter((word) => word.from >= from && word.from < to);
      const inChunk = own.map((word) => ({ text: word.text, from: word.from - from, to: word.to - from }));
      this.#origins.set(samples, { piece, offset, of, words: inChunk });
      if (word_times) for (const word of own) yield { kind: 'word', text: word.text, atMs: word.from };
      signal.throwIfAborted();
      yield { kind: 'audio', samples };
    }
  }

  #audio(length: number): Int16Array {
    const voice = this.#script.voice === 'speech' ? realSpeech() : tone();
    const from = this.#spoken;
    this.#spoken += length;
    return Int16Array.from({ length }, (_, i) => voice[(from + i) % voice.length] as number);
  }
}

const TONE_PEAK = 6000;
/** Of the tone, in samples' RMS. */
export const TONE_LEVEL = TONE_PEAK / Math.SQRT2;

let toneMade: Int16Array | undefined;
/** Of 200 Hz, which fits into a second, so that it goes on evenly from one to the next. */
const tone = (): Int16Array =>
  (toneMade ??= Int16Array.from({ length: RATE }, (_, i) => TONE_PEAK * Math.sin((2 * Math.PI * 200 * i) / RATE)));

let speechMade: Int16Array | undefined;
/** Some 15 seconds of several people, without their longer pauses. */
export const realSpeech = (): Int16Array => (speechMade ??= makeSpeech());

function makeSpeech(): Int16Array {
  const parts = VOICES.map((name) => clip(name).samples);
  const all = Float32Array.from(parts.flatMap((part) => dense(part)));
  const gain = (32768 * 10 ** (VOICE_DB / 20)) / rms(all);
  const length = Math.floor((all.length * RATE) / 16_000);
  return Int16Array.from({ length }, (_, i) => {
    const at = (i * 16_000) / RATE;
    const before = Math.floor(at);
    const [a, b] = [all[before] ?? 0, all[before + 1] ?? 0];
    return Math.max(-32768, Math.min(32767, Math.round(gain * (a + (at - before) * (b - a)))));
  });
}

/** Without pauses of more than 200 ms. */
function dense(samples: Int16Array): number[] {
  const step = 320;
  const quiet = rms(samples) * 0.1;
  const kept: number[] = [];
  let silentSteps = 0;
  for (let at = 0; at + step <= samples.length; at += step) {
    silentSteps = rms(samples, at, at + step) < quiet ? silentSteps + 1 : 0;
    if (silentSteps <= 10) kept.push(...samples.subarray(at, at + step));
  }
  return kept;
}
