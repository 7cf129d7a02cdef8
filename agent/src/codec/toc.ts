// What an Opus packet's first bytes say (RFC 6716, 3.1 and 4.2.2), without decoding it.

const CELT_FRAME_US = [2_500, 5_000, 10_000, 20_000];
const SILK_FRAME_US = [10_000, 20_000, 40_000, 60_000];

function frameUs(toc: number): number {
  const config = toc >> 3;
  if (config >= 16) return CELT_FRAME_US[config & 3] as number;
  if (config >= 12) return (config & 1) === 0 ? 10_000 : 20_000;
  return SILK_FRAME_US[config & 3] as number;
}

/** Length of a packet's audio in ms; 0 for what is not Opus. */
export function packetMs(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  const us = frames * frameUs(toc);
  return us <= 120_000 ? us / 1000 : 0;
}

/** True where the packet carries a copy of the audio before it. Only one-frame packets are looked into. */
export function hasFec(packet: Uint8Array): boolean {
  const toc = packet[0];
  const silk = packet[1];
  if (toc === undefined || silk === undefined) return false;
  const celtOnly = toc >= 128;
  if (celtOnly || (toc & 3) !== 0) return false;
  // One voice-activity bit for each 20 ms, then the FEC bit; for stereo the side channel's follow.
  const vadBits = Math.max(1, frameUs(toc) / 20_000);
  const mid = (silk >> (7 - vadBits)) & 1;
  const side = (toc & 4) !== 0 ? (silk >> (6 - 2 * vadBits)) & 1 : 0;
  return (mid | side) === 1;
}
