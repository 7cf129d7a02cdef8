/** What a receiver says of one of our streams (RFC 3550, 6.4.1). The SFU gives the worst of its listeners. */
export interface ReceptionReport {
  /** The stream that is reported on. */
  readonly ssrc: number;
  /** 0..1, of the packets since the last report. */
  readonly fractionLost: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const REPORT_BYTES = 24;

/** All reception reports in one datagram, which may hold several RTCP packets. Stops quietly where it is malformed. */
export function parseReceptionReports(bytes: Uint8Array): ReceptionReport[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reports: ReceptionReport[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + view.getUint16(at + 2) * 4;
    if (bytes[at]! >> 6 !== 2 || end > bytes.length) break;
    const type = bytes[at + 1];
    const first = type === RECEIVER_REPORT ? at + 8 : type === SENDER_REPORT ? at + 28 : end;
    const count = bytes[at]! & 0x1f;
    for (let i = 0; i < count && first + (i + 1) * REPORT_BYTES <= end; i++) {
      const block = first + i * REPORT_BYTES;
      reports.push({ ssrc: view.getUint32(block), fractionLost: view.getUint8(block + 4) / 256 });
    }
    at = end;
  }
  return reports;
}
