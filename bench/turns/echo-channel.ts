import { HEARING_RATE } from '@parley/agent';
import { rms } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the room of the echo gate's own bench
import { impulseResponse } from '../../agent/src/hearing/echo/testing/echo-path.ts';
import { phrase } from './clips.ts';
import type { Loudspeaker } from './mixer.ts';

export interface EchoPathOptions {
  /** Of the echo relative to the voice as received, in dB. */
  readonly levelDb: number;
  /** From a packet's coming to the microphone's packet with its sound: buffer, loudspeaker and air, in ms. */
  readonly delayMs: number;
  /** Chooses the room. */
  readonly seed: number;
}

const FRAME = HEARING_RATE / 50;
/** A loudspeaker's soft clipping at full scale. */
const DISTORTION = 1;
const BAND_HZ = [250, 5500] as const;
/** Voice that was received and not played yet, in frames: 4 s. What exceeds it is dropped, oldest first. */
const MAX_WAITING = 200;
/** How long a player looks for the promptest packet, in frames. */
const SETTLING = 25;

/** The agent's voice through a small loudspeaker, a room and back into the microphone, live. */
export class EchoChannel implements Loudspeaker {
  readonly #delayFrames: number;
  readonly #taps: readonly (readonly [lag: number, gain: number])[];
  readonly #history: Float32Array;
  readonly #out = new Float32Array(FRAME);
  readonly #waiting = new Map<number, Int16Array>();
  readonly #poles = BAND_HZ.map((hz) => Math.exp((-2 * Math.PI * hz) / HEARING_RATE));
  readonly #state = [0, 0, 0];
  #gain = 1;
  #base: { frame: number; timestamp: number } | undefined;
  #quietFrames = Number.POSITIVE_INFINITY;

  constructor({ levelDb, delayMs, seed }: EchoPathOptions) {
    const response = impulseResponse(seed);
    this.#delayFrames = Math.round(delayMs / 20);
    this.#taps = [...response].flatMap((gain, lag) => (gain === 0 ? [] : [[lag, gain] as const]));
    this.#history = new Float32Array(response.length + FRAME);
    this.#gain = 10 ** (levelDb / 20) / this.#ownGain();
  }

  /** A packet of the agent came; `now`: the number of the microphone's next frame. */
  receive(pcm: Int16Array, timestamp: number, now: number): void {
    this.#base ??= { frame: now + this.#delayFrames, timestamp };
    const since = Math.round(((timestamp - this.#base.timestamp) >>> 0) / 960);
    // The first packet may have been late: a player settles on the promptest.
    if (since < SETTLING) this.#base.frame = Math.min(this.#base.frame, now + this.#delayFrames - since);
    const frame = this.#base.frame + since;
    this.#waiting.set(frame, pcm);
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Undefined once the room is quiet. */
  frame(index: number): Float32Array | undefined {
    const voice = this.#waiting.get(index);
    this.#waiting.delete(index);
    this.#quietFrames = voice ? 0 : this.#quietFrames + 1;
    if (this.#quietFrames * FRAME > this.#history.length) return undefined;
    return this.#play(voice);
  }

  #play(voice: Int16Array | undefined): Float32Array {
    const history = this.#history;
    const tail = history.length - FRAME;
    history.copyWithin(0, FRAME);
    for (let i = 0; i < FRAME; i++) {
      const x = ((voice?.[i] ?? 0) / 32768) * DISTORTION;
      history[tail + i] = (Math.tanh(x + 0.2 * x * x) / DISTORTION) * 32768;
    }
    this.#out.fill(0);
    for (const [lag, gain] of this.#taps) {
      for (let i = 0; i < FRAME; i++) {
        this.#out[i] = (this.#out[i] as number) + gain * (history[tail + i - lag] ?? 0);
      }
    }
    this.#limitBand();
    return this.#out;
  }

  /** A small loudspeaker has no bass, and a room no brilliance. */
  #limitBand(): void {
    const [low, high] = this.#poles as [number, number];
    const state = this.#state;
    for (let i = 0; i < FRAME; i++) {
      const x = this.#out[i] as number;
      state[0] = low * (state[0] as number) + (1 - low) * x;
      state[1] = low * (state[1] as number) + (1 - low) * (state[0] as number);
      state[2] = high * (state[2] as number) + (1 - high) * (x - (state[1] as number));
      this.#out[i] = (state[2] as number) * this.#gain;
    }
  }

  /** By how much the path without its gain makes speech louder or softer. */
  #ownGain(): number {
    const { samples } = phrase('librivox-0890');
    let energy = 0;
    const frames = Math.floor(samples.length / FRAME);
    for (let i = 0; i < frames; i++) energy += rms(this.#play(samples.subarray(i * FRAME, (i + 1) * FRAME))) ** 2;
    this.#history.fill(0);
    this.#state.fill(0);
    return Math.sqrt(energy / frames) / rms(samples);
  }
}
