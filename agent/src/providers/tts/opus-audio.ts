import type { OpusHead, OpusLibrary } from '../../codec/index.ts';
import type { OpusRate } from '../../contracts/index.ts';

export interface OpusAudioOptions {
  readonly opus: OpusLibrary;
  /** Hz of what is wanted. */
  readonly rate: OpusRate;
  /** Takes a stream's packets out of its container, telling of its head. */
  readonly packets: (onHead: (head: OpusHead) => void) => AsyncIterable<Uint8Array>;
}

/** What Opus in a container sounds like, packet by packet, from its first sample on. */
export async function* opusAudio({ opus, rate, packets }: OpusAudioOptions): AsyncGenerator<Int16Array> {
  const decoder = opus.decoder({ rate });
  let skip = 0;
  const onHead = ({ preSkip }: OpusHead): void => {
    skip = Math.round((preSkip * rate) / 48_000);
  };
  try {
    for await (const packet of packets(onHead)) {
      const samples = decoder.decode(packet);
      yield samples.subarray(Math.min(skip, samples.length));
      skip = Math.max(0, skip - samples.length);
    }
  } finally {
    decoder.close();
  }
}
