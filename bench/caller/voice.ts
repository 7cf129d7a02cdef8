import { HEARING_RATE } from '@parley/agent';
import { type SpokenClip, scene, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';

/** Clips of ordinary sentences, without a pause that would end a turn. */
export const UTTERANCES: readonly SpokenClip[] = [
  'turnonlamp',
  'weatherlike',
  'goforward',
  'harvard-1',
  'librivox-0880',
  'aishell-W0121',
];

const PACKET_SAMPLES = HEARING_RATE / 50;
/** Room noise encoded before and after the speech of a clip: the encoder has settled when speech comes. */
const LEAD_PACKETS = 10;
const TAIL_PACKETS = 10;
const SILENCE_PACKETS = 100;

/**
 * A sentence as 20 ms Opus packets. Its speech is in the packets from `first` to `last`: the clip is cut where it
 * begins and ends by marks that were read off its spectrum by hand. Around it is nothing but a quiet room's noise.
 */
export interface Utterance {
  readonly name: string;
  readonly packets: readonly Uint8Array[];
  readonly first: number;
  readonly last: number;
}

/** Longest packet of DTX, in bytes: it says only that nothing is said. */
const NOTHING_BYTES = 2;

/** Whether a browser sends this packet. Time goes on for the others as well. */
export const isSent = (packet: Uint8Array): boolean => packet.length > NOTHING_BYTES;

/** What a caller's microphone has to offer: sentences, and the room's noise for as long as nobody speaks. */
export interface Voice {
  readonly utterances: readonly Utterance[];
  readonly silence: readonly Uint8Array[];
}

/** Encodes all once. */
export function recordVoice(library: OpusLibrary, names: readonly SpokenClip[] = UTTERANCES): Voice {
  return {
    utterances: names.map((name) => recordUtterance(library, name)),
    silence: encodeScene(library, scene([(SILENCE_PACKETS * PACKET_SAMPLES * 1000) / HEARING_RATE])),
  };
}

function recordUtterance(library: OpusLibrary, name: SpokenClip): Utterance {
  const speech = spoken(name);
  const speechPackets = Math.ceil(speech.length / PACKET_SAMPLES);
  const packets = encodeScene(library, scene([LEAD_PACKETS * 20, speech, TAIL_PACKETS * 20]));
  return { name, packets, first: LEAD_PACKETS, last: LEAD_PACKETS + speechPackets - 1 };
}

/** As browsers encode speech; with `dtx`, silence gives packets that they leave out (`isSent`). */
export function encodeScene(library: OpusLibrary, samples: Int16Array, { dtx = false } = {}): Uint8Array[] {
  const encoder = library.encoder({ rate: HEARING_RATE, application: 'voip', dtx });
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
