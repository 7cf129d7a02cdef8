import { OpusLibrary } from '../codec/index.ts';
import { FRAME_MS, HEARING_RATE } from '../contracts/index.ts';

/** A clip at 16 kHz as the packets of 20 ms that carry it. */
export async function opusClip(samples: Int16Array): Promise<Uint8Array[]> {
  const library = await OpusLibrary.load();
  const encoder = library.encoder({ rate: HEARING_RATE });
  const size = (HEARING_RATE * FRAME_MS) / 1000;
  const packets = Array.from({ length: Math.ceil(samples.length / size) }, (_, n) => {
    const frame = new Int16Array(size);
    frame.set(samples.subarray(n * size, (n + 1) * size));
    return encoder.encode(frame).slice();
  });
  encoder.close();
  return packets;
}
