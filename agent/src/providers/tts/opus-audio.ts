import { type OpusDecoder, type OpusHead, type OpusLibrary, packetMs } from '../../codec/index.ts';
import { FRAME_MS, type OpusRate, type SpeechChunk } from '../../contracts/index.ts';

export interface OpusAudioOptions {
  readonly opus: OpusLibrary;
  /** Hz of samples. */
  readonly rate: OpusRate;
  /** Packets are given as they are while each is one of `FRAME_MS`; absent: samples. */
  readonly takesOpus?: boolean | undefined;
  /** Takes a stream's packets out of its container, telling of its head. */
  readonly packets: (onHead: (head: OpusHead) => void) => AsyncIterable<Uint8Array>;
}

type Audio = Exclude<SpeechChunk, { kind: 'word' }>;

/** What fits into a packet on the network beside its headers, in bytes. */
const MAX_BYTES = 1200;
/** Packets that a decoder is given first where it begins within a stream. */
const LEAD = 4;
const FRAME_SAMPLES_48K = FRAME_MS * 48;

/**
 * Opus in a container, packet by packet: as it is, or what it sounds like from its first sample on. As it is, the samples
 * to be skipped are heard: 6.5 ms of silence, as a rule; a stream that skips a frame or more is decoded.
 */
export async function* opusAudio(options: OpusAudioOptions): AsyncGenerator<Audio> {
  const { opus, rate, packets } = options;
  let { takesOpus = false } = options;
  let skip = 0;
  const onHead = ({ preSkip }: OpusHead): void => {
    skip = Math.round((preSkip * rate) / 48_000);
    if (preSkip >= FRAME_SAMPLES_48K) takesOpus = false;
  };
  const passed: Uint8Array[] = [];
  let begins = true;
  let decoder: OpusDecoder | undefined;
  try {
    for await (const packet of packets(onHead)) {
      takesOpus &&= isFrame(packet);
      if (takesOpus) {
        yield { kind: 'opus', packet, begins };
        begins = false;
        passed.push(packet);
        if (passed.length > LEAD) passed.shift();
        continue;
      }
      if (!decoder) {
        decoder = opus.decoder({ rate });
        for (const before of passed) decoder.decode(before);
        if (!begins) skip = 0;
      }
      const samples = decoder.decode(packet);
      yield { kind: 'audio', samples: samples.subarray(Math.min(skip, samples.length)) };
      skip = Math.max(0, skip - samples.length);
    }
  } finally {
    decoder?.close();
  }
}

/** Length of its audio, in ms. */
export const audioMs = (audio: Audio, rate: number): number =>
  audio.kind === 'opus' ? FRAME_MS : (audio.samples.length * 1000) / rate;

const isFrame = (packet: Uint8Array): boolean => packetMs(packet) === FRAME_MS && packet.length <= MAX_BYTES;
