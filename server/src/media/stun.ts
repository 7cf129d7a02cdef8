import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { crc32 } from 'node:zlib';

/** Who answers STUN, and what it asks for. */
export interface StunTarget {
  readonly address: string;
  readonly port: number;
  /** Of ICE: the other side's name, a colon, ours. */
  readonly username: string;
  readonly password: string;
}

const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const PRIORITY = 0x0024;
const ICE_CONTROLLING = 0x802a;
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x5354554e;
const HEADER_BYTES = 20;
const HMAC_BYTES = 20;
const ATTRIBUTE_HEADER_BYTES = 4;
/** Of a peer-reflexive candidate; any would do. */
const ANY_PRIORITY = 0x6e7f1eff;

/** Requests are sent so often, and so far apart, in ms: packets may be lost. */
const ATTEMPTS = 4;
const INTERVAL_MS = 400;

/** The first packet that a browser would send (RFC 8489, RFC 8445). */
export function bindingRequest({ username, password }: StunTarget, transaction = randomBytes(12)): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(BINDING_REQUEST, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transaction.copy(header, 8);
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(ANY_PRIORITY);
  const told = [
    attribute(USERNAME, Buffer.from(username)),
    attribute(PRIORITY, priority),
    attribute(ICE_CONTROLLING, randomBytes(8)),
  ];
  const message = Buffer.concat([header, ...told]);
  // Each check covers what stands before it, with the length as if it were there already.
  const hmac = createHmac('sha1', password).update(lengthened(message, HMAC_BYTES)).digest();
  const signed = Buffer.concat([message, attribute(MESSAGE_INTEGRITY, hmac)]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(lengthened(signed, 4)) ^ FINGERPRINT_XOR) >>> 0);
  return lengthened(Buffer.concat([signed, attribute(FINGERPRINT, sum)]), -ATTRIBUTE_HEADER_BYTES);
}

/** True where the target answers over UDP. */
export function answersStun(target: StunTarget): Promise<boolean> {
  const { address, port } = target;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  const transaction = randomBytes(12);
  const request = bindingRequest(target, transaction);
  return new Promise((resolve) => {
    let sent = 0;
    const settle = (answer: boolean): void => {
      clearInterval(timer);
      socket.close();
      resolve(answer);
    };
    const send = (): void => {
      sent += 1;
      if (sent > ATTEMPTS) settle(false);
      // What cannot be sent is not answered.
      else socket.send(request, port, address, () => {});
    };
    const timer = setInterval(send, INTERVAL_MS);
    socket
      .on('error', () => settle(false))
      .on('message', (message) => {
        const isAnswer = message.length >= HEADER_BYTES && message.readUInt16BE(0) === BINDING_SUCCESS;
        if (isAnswer && message.subarray(8, HEADER_BYTES).equals(transaction)) settle(true);
      });
    send();
  });
}

function attribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(ATTRIBUTE_HEADER_BYTES);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** A copy whose length field counts one more attribute with a value of so many bytes. */
function lengthened(message: Buffer, valueBytes: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(message.length - HEADER_BYTES + ATTRIBUTE_HEADER_BYTES + valueBytes, 2);
  return copy;
}
