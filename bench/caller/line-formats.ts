import { HEARING_RATE, type OpusRate } from '@parley/agent';
import { scene, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { decodeG711, encodeG711 } from '../../server/src/rooms/g711.ts';
import { UTTERANCES, type Utterance, type Voice } from './voice.ts';

/** Ways in whose audio is written into messages of a WebSocket. */
export type LineWay = 'realtime' | 'telephone';

/** How one of them writes audio. */
export interface LineFormat {
  /** Hz. */
  readonly rate: OpusRate;
  write(samples: Int16Array): Uint8Array;
  read(bytes: Uint8Array): Int16Array;
}

export const FORMATS: Readonly<Record<LineWay, LineFormat>> = {
  realtime: {
    rate: 24_000,
    write: ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    // A copy: a Buffer lies somewhere in a larger one.
    read: (bytes) => new Int16Array(Uint8Array.from(bytes).buffer),
  },
  telephone: {
    rate: 8000,
    write: (samples) => encodeG711(samples, 'ulaw'),
    read: (bytes) => decodeG711(bytes, 'ulaw'),
  },
};

/** Of a frame, in ms. */
const FRAME_MS = 20;
const HEARING_FRAME = (HEARING_RATE * FRAME_MS) / 1000;
/** Room noise before and after the speech of a clip, in frames. */
const AROUND_FRAMES = 10;
const SILENCE_FRAMES = 100;

/** The same sentences as `recordVoice`, cut at the same marks, as such a line writes them. */
export function recordLineVoice(library: OpusLibrary, way: LineWay): Voice {
  const around = AROUND_FRAMES * FRAME_MS;
  const utterances = UTTERANCES.map((name): Utterance => {
    const speech = spoken(name);
    const last = AROUND_FRAMES + Math.ceil(speech.length / HEARING_FRAME) - 1;
    return { name, packets: frames(library, way, scene([around, speech, around])), first: AROUND_FRAMES, last };
  });
  return { utterances, silence: frames(library, way, scene([SILENCE_FRAMES * FRAME_MS])) };
}

function frames(library: OpusLibrary, way: LineWay, samples: Int16Array): Uint8Array[] {
  const { rate, write } = FORMATS[way];
  const resampler = library.resampler({ from: HEARING_RATE, to: rate });
  const there = resampler.push(samples).slice();
  resampler.close();
  const size = (rate * FRAME_MS) / 1000;
  return Array.from({ length: Math.ceil(samples.length / HEARING_FRAME) }, (_, i) => {
    const frame = new Int16Array(size);
    frame.set(there.subarray(i * size, (i + 1) * size));
    return write(frame);
  });
}
