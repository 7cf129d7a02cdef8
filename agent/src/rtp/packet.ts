/** One RTP packet (RFC 3550, 5.1). Byte arrays are views into what was parsed. */
export interface RtpPacket {
  /** 7 bits. */
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bits. */
  readonly sequence: number;
  /** 32 bits. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
  /** At most 15. */
  readonly csrcs: readonly number[];
  readonly extension: RtpExtension | undefined;
  /** Without padding. */
  readonly payload: Uint8Array;
  /** Bytes of padding after the payload, its own count included; 0 for none. */
  readonly padding: number;
}

export interface RtpExtension {
  /** 16 bits; 0xbede for one-byte elements. */
  readonly profile: number;
  /** A multiple of 4 bytes. */
  readonly data: Uint8Array;
}

/** What a sender sets; the rest is nothing by default. */
export type RtpFields = Omit<RtpPacket, 'csrcs' | 'extension' | 'padding' | 'marker'> &
  Partial<Pick<RtpPacket, 'csrcs' | 'extension' | 'padding' | 'marker'>>;

/** Header without CSRCs and extension, in bytes. */
export const RTP_HEADER_BYTES = 12;

const NO_CSRCS: readonly number[] = [];

/** True for RTCP that shares a port with RTP (RFC 5761): never a payload type of ours. */
export const isRtcp = (bytes: Uint8Array): boolean => bytes.length >= 2 && bytes[1]! >= 192 && bytes[1]! <= 223;

/** Throws TypeError for what is not RTP version 2, RangeError where it is cut short. */
export function parseRtp(bytes: Uint8Array): RtpPacket {
  if (bytes.length < RTP_HEADER_BYTES) throw new RangeError(`${bytes.length} bytes are no RTP packet`);
  const first = bytes[0]!;
  if (first >> 6 !== 2) throw new TypeError(`RTP version ${first >> 6}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const csrcCount = first & 0x0f;
  let at = RTP_HEADER_BYTES + csrcCount * 4;
  if (at > bytes.length) throw new RangeError('RTP packet ends inside its CSRCs');
  const csrcs = csrcCount === 0 ? NO_CSRCS : Array.from({ length: csrcCount }, (_, i) => view.getUint32(12 + i * 4));
  let extension: RtpExtension | undefined;
  if ((first & 0x10) !== 0) {
    if (at + 4 > bytes.length) throw new RangeError('RTP packet ends inside its extension');
    const end = at + 4 + view.getUint16(at + 2) * 4;
    if (end > bytes.length) throw new RangeError('RTP packet ends inside its extension');
    extension = { profile: view.getUint16(at), data: bytes.subarray(at + 4, end) };
    at = end;
  }
  const padding = (first & 0x20) !== 0 ? bytes[bytes.length - 1]! : 0;
  if ((first & 0x20) !== 0 && padding === 0) throw new RangeError('RTP padding of no length');
  if (at + padding > bytes.length) throw new RangeError('RTP padding is longer than the packet');
  return {
    payloadType: bytes[1]! & 0x7f,
    marker: bytes[1]! >= 0x80,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    csrcs,
    extension,
    payload: bytes.subarray(at, bytes.length - padding),
    padding,
  };
}

/** Writes the fixed header at the start of `bytes`, for a sender that has left room for it. */
export function writeRtpHeader(
  bytes: Uint8Array,
  { payloadType, marker, sequence, timestamp, ssrc }: Omit<RtpFields, 'payload'>,
): void {
  if (bytes.length < RTP_HEADER_BYTES) throw new RangeError('no room for an RTP header');
  if (!(payloadType >= 0 && payloadType < 128)) throw new RangeError(`payload type ${payloadType}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint8(0, 0x80);
  view.setUint8(1, payloadType | (marker ? 0x80 : 0));
  view.setUint16(2, sequence);
  view.setUint32(4, timestamp);
  view.setUint32(8, ssrc);
}

/** The whole packet as bytes. Numbers wrap at their width. Throws RangeError for fields that do not fit. */
export function serializeRtp(fields: RtpFields): Uint8Array {
  const { csrcs = NO_CSRCS, extension, payload, padding = 0 } = fields;
  if (csrcs.length > 15) throw new RangeError(`${csrcs.length} CSRCs`);
  if (!(padding >= 0 && padding < 256)) throw new RangeError(`${padding} bytes of padding`);
  if (extension && (extension.data.length % 4 !== 0 || extension.data.length > 0xffff * 4)) {
    throw new RangeError(`an extension of ${extension.data.length} bytes`);
  }
  const extensionBytes = extension ? 4 + extension.data.length : 0;
  const payloadAt = RTP_HEADER_BYTES + csrcs.length * 4 + extensionBytes;
  const bytes = new Uint8Array(payloadAt + payload.length + padding);
  writeRtpHeader(bytes, fields);
  bytes[0] = 0x80 | (padding > 0 ? 0x20 : 0) | (extension ? 0x10 : 0) | csrcs.length;
  const view = new DataView(bytes.buffer);
  csrcs.forEach((csrc, i) => {
    view.setUint32(RTP_HEADER_BYTES + i * 4, csrc);
  });
  if (extension) {
    const at = payloadAt - extensionBytes;
    view.setUint16(at, extension.profile);
    view.setUint16(at + 2, extension.data.length / 4);
    bytes.set(extension.data, at + 4);
  }
  bytes.set(payload, payloadAt);
  if (padding > 0) bytes[bytes.length - 1] = padding;
  return bytes;
}

/** One line for people. */
export function dumpRtp(packet: RtpPacket): string {
  const { payloadType, marker, sequence, timestamp, ssrc, csrcs, extension, payload, padding } = packet;
  const parts = [`RTP pt=${payloadType} seq=${sequence} ts=${timestamp} ssrc=0x${ssrc.toString(16).padStart(8, '0')}`];
  if (marker) parts.push('marker');
  if (csrcs.length > 0) parts.push(`csrcs=${csrcs.join(',')}`);
  if (extension) parts.push(`extension=0x${extension.profile.toString(16)}:${extension.data.length}B`);
  parts.push(`payload=${payload.length}B`);
  if (padding > 0) parts.push(`padding=${padding}B`);
  return parts.join(' ');
}
