import { OpusLibrary } from '../codec/index.ts';

const RATE = 24_000;
const FRAME = RATE / 50;
const PRE_SKIP_48K = 312;
const PACKETS_PER_PAGE = 8;

/** Speech at 24 kHz as a stream of Ogg Opus, the way OpenAI's `opus` format comes. */
export async function oggOpus(samples: Int16Array): Promise<Uint8Array> {
  const encoder = (await OpusLibrary.load()).encoder({ rate: RATE });
  const packets: Uint8Array[] = [];
  for (let at = 0; at < samples.length; at += FRAME) {
    const frame = new Int16Array(FRAME);
    frame.set(samples.subarray(at, at + FRAME));
    packets.push(encoder.encode(frame));
  }
  encoder.close();
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(1, 9);
  head.writeUInt16LE(PRE_SKIP_48K, 10);
  head.writeUInt32LE(RATE, 12);
  const pages = [page([head], 0), page([Buffer.from('OpusTags\0\0\0\0\0\0\0\0', 'latin1')], 1)];
  for (let at = 0; at < packets.length; at += PACKETS_PER_PAGE) {
    pages.push(page(packets.slice(at, at + PACKETS_PER_PAGE), pages.length));
  }
  return Buffer.concat(pages);
}

/** The checksum is left at zero: demuxers of streams do not look at it. */
function page(packets: readonly Uint8Array[], sequence: number): Buffer {
  const laces = packets.flatMap(({ length }) => [
    ...new Array<number>(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const head = Buffer.alloc(27);
  head.write('OggS', 'latin1');
  head.writeUInt8(sequence === 0 ? 2 : 0, 5);
  head.writeUInt32LE(1, 14);
  head.writeUInt32LE(sequence, 18);
  head.writeUInt8(laces.length, 26);
  return Buffer.concat([head, Buffer.from(laces), ...packets]);
}
