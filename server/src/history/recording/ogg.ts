import { UNIT_MS } from './opus.ts';

/** What an encoder's output lags behind its input, in samples of 48 kHz; players leave out so much at the start. */
const PRE_SKIP = 312;
const SAMPLES_PER_UNIT = 48 * UNIT_MS;
/** A page holds so many pieces of at most 255 bytes. */
const MOST_SEGMENTS = 255;
const CONTINUED = 0;
const FIRST = 2;
const LAST = 4;

/**
 * The pages of an Ogg Opus file with two channels of one mono stream each (RFC 7845: mapping family 1, two streams, none
 * coupled). Every page is whole: what has been written can be played, whatever happens next.
 */
export class OggPages {
  readonly #serial: number;
  #sequence = 0;
  #units = 0;

  constructor(serial: number) {
    this.#serial = serial >>> 0;
  }

  /** How a file begins. */
  head(comments: readonly string[]): Buffer {
    const identity = Buffer.alloc(23);
    identity.write('OpusHead');
    identity.set([1, 2], 8);
    identity.writeUInt16LE(PRE_SKIP, 10);
    identity.writeUInt32LE(48_000, 12);
    // Family 1; two streams, none coupled; left is the first, right the second.
    identity.set([1, 2, 0, 0, 1], 18);
    const texts = ['parley', ...comments].map((text) => Buffer.from(text));
    const [vendor, ...rest] = texts.map((text) => Buffer.concat([uint32(text.length), text]));
    const tags = Buffer.concat([Buffer.from('OpusTags'), vendor!, uint32(rest.length), ...rest]);
    return Buffer.concat([this.#page([identity], FIRST, 0), this.#page([tags], CONTINUED, 0)]);
  }

  /** One packet for each unit, on as few pages as hold them. `last` ends the file. */
  pages(packets: readonly Uint8Array[], { last = false } = {}): Buffer {
    const pages: Buffer[] = [];
    let waiting: Uint8Array[] = [];
    let segments = 0;
    const turn = (flags: number): void => {
      this.#units += waiting.length;
      pages.push(this.#page(waiting, flags, this.#units * SAMPLES_PER_UNIT));
      waiting = [];
      segments = 0;
    };
    for (const packet of packets) {
      const more = Math.floor(packet.length / 255) + 1;
      if (segments + more > MOST_SEGMENTS) turn(CONTINUED);
      waiting.push(packet);
      segments += more;
    }
    if (waiting.length > 0 || last) turn(last ? LAST : CONTINUED);
    return Buffer.concat(pages);
  }

  #page(packets: readonly Uint8Array[], flags: number, granule: number): Buffer {
    const lacing = packets.flatMap(({ length }) => [...Array(Math.floor(length / 255)).fill(255), length % 255]);
    const header = Buffer.alloc(27);
    header.write('OggS');
    header.writeUInt8(flags, 5);
    header.writeBigUInt64LE(BigInt(granule), 6);
    header.writeUInt32LE(this.#serial, 14);
    header.writeUInt32LE(this.#sequence++, 18);
    header.writeUInt8(lacing.length, 26);
    const page = Buffer.concat([header, Uint8Array.from(lacing), ...packets]);
    page.writeUInt32LE(checksum(page), 22);
    return page;
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** CRC-32 as Ogg has it: not reflected, nothing inverted. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

function checksum(page: Uint8Array): number {
  let crc = 0;
  for (const byte of page) crc = (crc << 8) ^ TABLE[((crc >>> 24) ^ byte) & 0xff]!;
  return crc >>> 0;
}
