import { HEARING_RATE } from '@parley/agent';
import { rms, type SpokenClip, scene, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';

/** Clips of ordinary sentences, without a pause that would end a turn. */
export const UTTERANCES: readonly SpokenClip[] = [
  'turnonlamp',
  'weatherlike',
  'goforward',
  'harvard-1',
  'librivox-0880',
];

const PACKET_SAMPLES = HEARING_RATE / 50;
/** Room noise encoded before and after the speech of a clip: the encoder has settled when speech comes. */
const LEAD_PACKETS = 10;
const TAIL_PACKETS = 10;
const SILENCE_PACKETS = 100;
/** Softer than this against the clip's own level, its edges are no speech. */
const EDGE_DB = -30;
const STEP = HEARING_RATE / 100;

/** A sentence as 20 ms Opus packets. Speech is exactly from packet `first` to packet `last`; the rest is room noise. */
export interface Utterance {
  readonly name: string;
  readonly packets: readonly Uint8Array[];
  readonly first: number;
  readonly last: number;
}

/** What a caller's microphone has to offer: sentences, and the room's noise for as long as nobody speaks. */
export interface Voice {
  readonly utterances: readonly Utterance[];
  readonly silence: readonly Uint8Array[];
}

/** Encodes all once. */
export function recordVoice(library: OpusLibrary, names: readonly SpokenClip[] = UTTERANCES): Voice {
  return {
    utterances: names.map((name) => recordUtterance(library, name)),
    silence: encode(library, scene([(SILENCE_PACKETS * PACKET_SAMPLES * 1000) / HEARING_RATE])),
  };
}

function recordUtterance(library: OpusLibrary, name: SpokenClip): Utterance {
  const speech = trimmed(spoken(name));
  const speechPackets = Math.ceil(speech.length / PACKET_SAMPLES);
  const packets = encode(library, scene([LEAD_PACKETS * 20, speech, TAIL_PACKETS * 20]));
  return { name, packets, first: LEAD_PACKETS, last: LEAD_PACKETS + speechPackets - 1 };
}

/**
 * The clip between its first and last 10 ms that are louder than the edge level. The marks behind `spoken` were read
 * off the spectra by hand; this leaves no doubt at which sample speech is over: nothing but room noise follows it.
 */
function trimmed(samples: Int16Array): Int16Array {
  const levels = Array.from({ length: Math.floor(samples.length / STEP) }, (_, i) =>
    rms(samples, i * STEP, (i + 1) * STEP),
  );
  const level = levels.toSorted((a, b) => a - b)[Math.floor(levels.length * 0.9)] ?? 0;
  const loud = (step: number): boolean => step > level * 10 ** (EDGE_DB / 20);
  return samples.subarray(levels.findIndex(loud) * STEP, (levels.findLastIndex(loud) + 1) * STEP);
}

/** As browsers encode speech. */
function encode(library: OpusLibrary, samples: Int16Array): Uint8Array[] {
  const encoder = library.encoder({ rate: HEARING_RATE, application: 'voip' });
  const packets: Uint8Array[] = [];
  const frame = new Int16Array(PACKET_SAMPLES);
  for (let at = 0; at < samples.length; at += PACKET_SAMPLES) {
    frame.fill(0);
    frame.set(samples.subarray(at, at + PACKET_SAMPLES));
    packets.push(encoder.encode(frame));
  }
  encoder.close();
  return packets;
}
