import { HEARING_RATE } from '@parley/agent';
import { pinkNoise, rms } from '@parley/agent/testing';
import { phrase, SPEECH_DB, samplesIn } from './clips.ts';

/** What lies under a call: a quiet room, or noise so many dB below the speech. */
export const ROOMS = ['clean', 'pink-20', 'pink-10', 'babble-20', 'babble-10'] as const;
export type Room = (typeof ROOMS)[number];

const QUIET_DB = -75;
const LOOP_S = 11;
/** Five people who talk at once and without a pause: none of them calls. */
const BABBLERS = ['ljspeech-0004', 'librivox-0930', 'tornado', 'platforms', 'librivox-0890'] as const;

const SLICE_MS = 10;

/**
 * Where a sound is first as loud as the room that it sounds in, in ms from its start: sooner nobody can hear it. 0 where it
 * never is.
 */
export function audibleFrom(samples: Int16Array, room: Int16Array): number {
  const level = rms(room);
  const slice = samplesIn(SLICE_MS);
  for (let at = 0; at + slice <= samples.length; at += slice)
    if (rms(samples, at, at + slice) >= level) return (at * 1000) / HEARING_RATE;
  return 0;
}

/** A loop of some seconds of it at 16 kHz. */
export function roomNoise(room: Room, seed: number): Int16Array {
  const [kind, snr] = room.split('-');
  const level = 32768 * 10 ** ((snr === undefined ? QUIET_DB : SPEECH_DB - Number(snr)) / 20);
  const noise = kind === 'babble' ? babble(seed) : pinkNoise(LOOP_S * HEARING_RATE, seed);
  return Int16Array.from(noise, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * level))));
}

/** Of root mean square 1. */
function babble(seed: number): Float32Array {
  const out = new Float32Array(LOOP_S * HEARING_RATE);
  for (const [i, name] of BABBLERS.entries()) {
    const { samples } = phrase(name);
    const from = samplesIn((seed * 977 + i * 2311) % 5000);
    for (let at = 0; at < out.length; at++)
      out[at] = (out[at] as number) + (samples[(from + at) % samples.length] as number);
  }
  const level = rms(out);
  return out.map((sample) => sample / level);
}
