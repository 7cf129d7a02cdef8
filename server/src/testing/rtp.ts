/** A packet with a payload that nobody decodes. */
export function rtpPacket(fields: { ssrc: number; sequence: number; payloadType?: number; payload?: string }): Buffer {
  const { ssrc, sequence, payloadType = 111, payload = 'not opus' } = fields;
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = payloadType;
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(sequence * 960, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, Buffer.from(payload)]);
}

/** RTCP shares the socket and is told apart by its second byte. */
export const isRtcp = (packet: Buffer): boolean => {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
};

export const ssrcOf = (packet: Buffer): number => packet.readUInt32BE(8);

/** What comes after the header, its CSRCs and its extensions. */
export function payloadOf(packet: Buffer): string {
  const first = packet[0] ?? 0;
  const extensionAt = 12 + (first & 0x0f) * 4;
  const hasExtension = (first & 0x10) !== 0;
  const start = hasExtension ? extensionAt + 4 + packet.readUInt16BE(extensionAt + 2) * 4 : extensionAt;
  return packet.subarray(start).toString();
}
