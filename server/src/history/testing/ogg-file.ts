/** The packets of an Ogg file, and what its pages say. Throws where a page is not whole or does not follow the one before. */
export function readOgg(file: Uint8Array): {
  readonly packets: readonly Buffer[];
  readonly granules: readonly number[];
  readonly ended: boolean;
} {
  const bytes = Buffer.from(file);
  const packets: Buffer[] = [];
  const granules: number[] = [];
  let part: Buffer[] = [];
  let ended = false;
  for (let at = 0; at < bytes.length; ) {
    if (bytes.toString('latin1', at, at + 4) !== 'OggS') throw new Error(`no page at byte ${at}`);
    if (bytes.readUInt32LE(at + 18) !== granules.length) throw new Error('a page is missing');
    granules.push(Number(bytes.readBigUInt64LE(at + 6)));
    ended = (bytes[at + 5]! & 4) !== 0;
    const lacing = bytes.subarray(at + 27, at + 27 + bytes[at + 26]!);
    at += 27 + lacing.length;
    for (const length of lacing) {
      part.push(bytes.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      packets.push(Buffer.concat(part));
      part = [];
    }
    if (at > bytes.length) throw new Error('the last page is cut off');
  }
  return { packets, granules, ended };
}

/** The two packets in one of a recording, where both have one frame of less than 252 bytes. */
export function splitPair(packet: Uint8Array): { readonly left: string; readonly right: string } {
  const bytes = Buffer.from(packet);
  const length = bytes[1]!;
  const left = Buffer.concat([bytes.subarray(0, 1), bytes.subarray(2, 2 + length)]);
  return { left: left.toString('hex'), right: bytes.subarray(2 + length).toString('hex') };
}
