/** 20 ms of one Opus stream: one frame, or two of 10 ms. */
export interface OpusUnit {
  /** The first byte of its packet, without the two bits that count frames. */
  readonly toc: number;
  readonly frames: readonly Uint8Array[];
}

/** What recordings are cut into, in ms. */
export const UNIT_MS = 20;

/** 20 ms of nothing, which every decoder knows: CELT at full band, no energy. */
export const SILENCE: OpusUnit = { toc: 0xf8, frames: [Uint8Array.of(0xff, 0xfe)] };

const SILK_MS = [10, 20, 40, 60] as const;
const CELT_MS = [2.5, 5, 10, 20] as const;

/** How long one frame of such a packet is, in ms (RFC 6716, 3.1). */
export function frameMs(toc: number): number {
  const config = toc >> 3;
  if (config < 12) return SILK_MS[config & 3]!;
  return config < 16 ? SILK_MS[config & 1]! : CELT_MS[config & 3]!;
}

/**
 * A packet cut into units of 20 ms without touching what is encoded; empty for one that is broken, or whose frames do
 * not fit: those of 40 and 60 ms cannot be cut, and nobody sends those of 2.5 and 5 ms.
 */
export function unitsOf(packet: Uint8Array): readonly OpusUnit[] {
  const frames = framesOf(packet);
  const toc = (packet[0] ?? 0) & 0xfc;
  const ms = frameMs(toc);
  if (ms === UNIT_MS) return frames.map((frame) => ({ toc, frames: [frame] }));
  if (ms !== UNIT_MS / 2 || frames.length % 2 !== 0) return [];
  return frames.flatMap((frame, at) => (at % 2 === 0 ? [{ toc, frames: [frame, frames[at + 1]!] }] : []));
}

/** As a packet by itself, or with its own length, as all but the last of several streams have it (RFC 6716, B). */
export function packetOf({ toc, frames }: OpusUnit, { delimited }: { readonly delimited: boolean }): Uint8Array {
  const [first, second] = frames;
  if (!first) throw new TypeError('a unit without a frame');
  const lengths = second
    ? [...lengthOf(first), ...(delimited ? lengthOf(second) : [])]
    : delimited
      ? lengthOf(first)
      : [];
  return Buffer.concat([Uint8Array.of(toc | (second ? 2 : 0), ...lengths), ...frames]);
}

const lengthOf = ({ length }: Uint8Array): number[] =>
  length < 252 ? [length] : [252 + (length & 3), (length - 252 - (length & 3)) >> 2];

/** RFC 6716, 3.2. */
function framesOf(packet: Uint8Array): readonly Uint8Array[] {
  const [toc] = packet;
  if (toc === undefined) return [];
  const body = packet.subarray(1);
  switch (toc & 3) {
    case 0:
      return [body];
    case 1:
      return body.length % 2 === 0 ? [body.subarray(0, body.length / 2), body.subarray(body.length / 2)] : [];
    case 2: {
      const read = readLength(body, 0);
      if (!read || read.next + read.length > body.length) return [];
      return [body.subarray(read.next, read.next + read.length), body.subarray(read.next + read.length)];
    }
    default:
      return manyFrames(body);
  }
}

function manyFrames(body: Uint8Array): readonly Uint8Array[] {
  const head = body[0] ?? 0;
  const count = head & 0x3f;
  let at = 1;
  let end = body.length;
  if (head & 0x40) {
    let byte: number | undefined;
    do {
      byte = body[at++];
      if (byte === undefined) return [];
      end -= byte === 255 ? 254 : byte;
    } while (byte === 255);
  }
  const lengths: number[] = [];
  if (head & 0x80) {
    for (let n = 1; n < count; n++) {
      const read = readLength(body, at);
      if (!read) return [];
      lengths.push(read.length);
      at = read.next;
    }
    lengths.push(end - at - lengths.reduce((sum, length) => sum + length, 0));
  } else lengths.push(...Array.from({ length: count }, () => (end - at) / count));
  if (count === 0 || lengths.some((length) => length < 0 || !Number.isInteger(length))) return [];
  return lengths.map((length) => body.subarray(at, (at += length)));
}

function readLength(body: Uint8Array, at: number): { length: number; next: number } | undefined {
  const [first, second] = [body[at], body[at + 1]];
  if (first === undefined) return undefined;
  if (first < 252) return { length: first, next: at + 1 };
  return second === undefined ? undefined : { length: 4 * second + first, next: at + 2 };
}
