// SRTP with AEAD_AES_128_GCM (RFC 3711, RFC 7714), written down plainly: a second opinion on the worker's own.
import { createCipheriv, createDecipheriv } from 'node:crypto';

const tagBytes = 16;
const rtpHeaderBytes = 12;
const rtcpHeaderBytes = 8;
const encrypted = 0x80000000;

const label = { rtpKey: 0, rtpSalt: 2, rtcpKey: 3, rtcpSalt: 5 };

export class SrtpContext {
  readonly #masterKey: Buffer;
  readonly #masterSalt: Buffer;
  #rtcpIndex = 0;

  constructor(masterKey: Buffer, masterSalt: Buffer) {
    this.#masterKey = masterKey;
    this.#masterSalt = masterSalt;
  }

  /** For packets without CSRCs and header extensions whose sequence numbers have not wrapped. */
  protectRtp(packet: Buffer): Buffer {
    const header = packet.subarray(0, rtpHeaderBytes);
    return this.#seal(label.rtpKey, this.#rtpIv(packet), header, packet.subarray(rtpHeaderBytes), header);
  }

  unprotectRtp(packet: Buffer): Buffer {
    const hasExtension = (packet[0]! & 0x10) !== 0;
    const extensionBytes = hasExtension ? 4 + 4 * packet.readUInt16BE(rtpHeaderBytes + 2) : 0;
    const header = packet.subarray(0, rtpHeaderBytes + extensionBytes);
    const body = packet.subarray(header.length, -tagBytes);
    const open = createDecipheriv('aes-128-gcm', this.#derive(label.rtpKey, 16), this.#rtpIv(packet));
    open.setAAD(header).setAuthTag(packet.subarray(-tagBytes));
    return Buffer.concat([header, open.update(body), open.final()]);
  }

  protectRtcp(packet: Buffer): Buffer {
    const header = packet.subarray(0, rtcpHeaderBytes);
    const index = Buffer.alloc(4);
    index.writeUInt32BE((encrypted | this.#rtcpIndex) >>> 0);
    const counter = Buffer.alloc(12);
    packet.copy(counter, 2, 4, 8);
    counter.writeUInt32BE(this.#rtcpIndex++, 8);
    const iv = xor(counter, this.#derive(label.rtcpSalt, 12));
    const sealed = this.#seal(
      label.rtcpKey,
      iv,
      header,
      packet.subarray(rtcpHeaderBytes),
      Buffer.concat([header, index]),
    );
    return Buffer.concat([sealed, index]);
  }

  #seal(keyLabel: number, iv: Buffer, header: Buffer, body: Buffer, authenticated: Buffer): Buffer {
    const cipher = createCipheriv('aes-128-gcm', this.#derive(keyLabel, 16), iv).setAAD(authenticated);
    return Buffer.concat([header, cipher.update(body), cipher.final(), cipher.getAuthTag()]);
  }

  /** Two zero bytes, the SSRC, a roll-over counter of zero, the sequence number: each with the session salt. */
  #rtpIv(packet: Buffer): Buffer {
    const counter = Buffer.alloc(12);
    packet.copy(counter, 2, 8, 12);
    packet.copy(counter, 10, 2, 4);
    return xor(counter, this.#derive(label.rtpSalt, 12));
  }

  /** The key derivation of RFC 3711, 4.3: the counter-mode key stream at a place that the label names. */
  #derive(keyLabel: number, bytes: number): Buffer {
    const place = Buffer.alloc(16);
    this.#masterSalt.copy(place);
    place[7]! ^= keyLabel;
    return createCipheriv('aes-128-ctr', this.#masterKey, place).update(Buffer.alloc(bytes));
  }
}

const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ b[i]!));
