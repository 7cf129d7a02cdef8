import { HEARING_RATE } from '../../contracts/index.ts';
import { impulseResponse } from '../../hearing/echo/testing/echo-path.ts';
import { rms } from '../signal.ts';
import type { SceneCaller } from './scene.ts';
import { realSpeech } from './scene-tts.ts';

const RATE = 24_000;

/**
 * What a microphone hears of the agent's voice through a loudspeaker and a room: the path of the echo gate's own tests,
 * frame by frame.
 */
export class Loudspeaker {
  readonly delayMs: number;
  readonly #room: RoomFilter;
  readonly #gain: number;

  constructor({ level_db, delay_ms, seed }: NonNullable<SceneCaller['echo']>) {
    this.delayMs = delay_ms;
    this.#room = new RoomFilter(seed);
    this.#gain = 10 ** (level_db / 20) / ownGain(seed);
  }

  /** Of one frame at 24 kHz, its echo at 16 kHz, with the room's tail: it lasts longer than the frame. */
  echo(frame: Int16Array): Float32Array {
    return this.#room.pass(at16k(frame)).map((sample) => sample * this.#gain);
  }
}

const gains = new Map<number, number>();

/** By how much a room without its gain makes speech louder or softer. */
function ownGain(seed: number): number {
  const voice = realSpeech().subarray(0, 2 * RATE);
  const gain = gains.get(seed) ?? rms(new RoomFilter(seed).pass(at16k(voice))) / rms(voice);
  gains.set(seed, gain);
  return gain;
}

/** Linear, for what a small loudspeaker plays has little above 5 kHz. */
function at16k(voice: Int16Array): Float32Array {
  const length = Math.floor((voice.length * HEARING_RATE) / RATE);
  return Float32Array.from({ length }, (_, i) => {
    const at = (i * RATE) / HEARING_RATE;
    const before = Math.floor(at);
    const a = voice[before] as number;
    return a + (at - before) * ((voice[before + 1] ?? a) - a);
  });
}

/** Linear but for a loudspeaker's soft clipping: frames' echoes add up, so none needs to know of the one before. */
class RoomFilter {
  readonly #taps: readonly { readonly at: number; readonly gain: number }[];
  readonly #tail: number;

  constructor(seed: number) {
    const response = impulseResponse(seed);
    this.#tail = response.length;
    this.#taps = [...response].flatMap((gain, at) => (gain === 0 ? [] : [{ at, gain }]));
  }

  pass(voice: Float32Array): Float32Array {
    const out = new Float32Array(voice.length + this.#tail);
    const played = voice.map((sample) => {
      const x = sample / 32768;
      return Math.tanh(x + 0.2 * x * x) * 32768;
    });
    for (const { at, gain } of this.#taps) {
      for (let i = 0; i < played.length; i++) out[at + i] = (out[at + i] as number) + gain * (played[i] as number);
    }
    return lowPass(highPass(out, 250), 5500);
  }
}

function lowPass(samples: Float32Array, hz: number): Float32Array {
  const pole = Math.exp((-2 * Math.PI * hz) / HEARING_RATE);
  let last = 0;
  return samples.map((sample) => {
    last = (1 - pole) * sample + pole * last;
    return last;
  });
}

function highPass(samples: Float32Array, hz: number): Float32Array {
  const low = lowPass(lowPass(samples, hz), hz);
  return samples.map((sample, i) => sample - (low[i] as number));
}
