// A WebRTC peer made of parts one can look at: ICE by hand, DTLS by the openssl program, SRTP by node:crypto.
// It meets the worker as a browser does, on machines that have no browser.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { types } from 'mediasoup';
import { SrtpContext } from './srtp-context.ts';

const profile = 'SRTP_AEAD_AES_128_GCM';
const masterKeyBytes = 16;
const masterSaltBytes = 12;

export class DtlsPeer {
  readonly #socket: Socket;
  readonly #openssl: ChildProcess;
  readonly #worker: { ip: string; port: number };
  readonly #out: SrtpContext;
  readonly #in: SrtpContext;

  private constructor(socket: Socket, openssl: ChildProcess, worker: { ip: string; port: number }, keys: Buffer) {
    this.#socket = socket;
    this.#openssl = openssl;
    this.#worker = worker;
    // RFC 5764: client key, server key, client salt, server salt. The peer is the client.
    const key = (side: number) => keys.subarray(side * masterKeyBytes, (side + 1) * masterKeyBytes);
    const salts = keys.subarray(2 * masterKeyBytes);
    const salt = (side: number) => salts.subarray(side * masterSaltBytes, (side + 1) * masterSaltBytes);
    this.#out = new SrtpContext(key(0), salt(0));
    this.#in = new SrtpContext(key(1), salt(1));
  }

  /** Goes through ICE and the DTLS handshake; rejects when the handshake does not end within the time. */
  static async connect(transport: types.WebRtcTransport, timeoutMs = 10_000): Promise<DtlsPeer> {
    const certificate = new Certificate();
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { ip, port } = transport.iceCandidates[0]!;
    const worker = { ip, port };
    await transport.connect({
      dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: certificate.fingerprint }] },
    });
    socket.send(bindingRequest(transport.iceParameters), port, ip);
    await once(socket, 'message');

    const openssl = certificate.client(socket.address().port);
    let opensslPort = 0;
    const relay = (datagram: Buffer, from: { port: number }): void => {
      if (from.port !== port) opensslPort = from.port;
      const [toPort, toIp] = from.port === port ? [opensslPort, '127.0.0.1'] : [port, ip];
      const isDtls = datagram[0]! >= 20 && datagram[0]! <= 63;
      if (isDtls && toPort) socket.send(datagram, toPort, toIp);
    };
    socket.on('message', relay);
    try {
      const keys = await keyingMaterial(openssl, timeoutMs);
      return new DtlsPeer(socket, openssl, worker, keys);
    } catch (error) {
      openssl.kill();
      socket.close();
      throw error;
    } finally {
      certificate.remove();
    }
  }

  sendRtp(packet: Buffer): void {
    this.#socket.send(this.#out.protectRtp(packet), this.#worker.port, this.#worker.ip);
  }

  sendRtcp(packet: Buffer): void {
    this.#socket.send(this.#out.protectRtcp(packet), this.#worker.port, this.#worker.ip);
  }

  /** Hears every RTP packet that decrypts. */
  onRtp(hear: (packet: Buffer) => void): void {
    this.#socket.on('message', (datagram: Buffer) => {
      const isRtp = datagram[0]! >> 6 === 2 && !(datagram[1]! >= 192 && datagram[1]! <= 223);
      if (isRtp) hear(this.#in.unprotectRtp(datagram));
    });
  }

  close(): void {
    this.#openssl.kill();
    this.#socket.close();
  }
}

class Certificate {
  readonly fingerprint: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'parley-dtls-'));
  readonly #files = ['-cert', join(this.#folder, 'cert.pem'), '-key', join(this.#folder, 'key.pem')];

  constructor() {
    const [, cert, , key] = this.#files as [string, string, string, string];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=peer'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const line = execFileSync('openssl', ['x509', '-in', cert, '-noout', '-fingerprint', '-sha256'], {
      encoding: 'utf8',
    });
    this.fingerprint = line.trim().split('=')[1]!;
  }

  client(port: number): ChildProcess {
    const bytes = String(2 * (masterKeyBytes + masterSaltBytes));
    const srtp = ['-use_srtp', profile, '-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', bytes];
    return spawn('openssl', ['s_client', '-dtls1_2', '-connect', `127.0.0.1:${port}`, ...srtp, ...this.#files]);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What both sides derived from the handshake; openssl prints it once the handshake is done. */
function keyingMaterial(openssl: ChildProcess, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string): void => reject(new Error(`${why}\n${output.slice(-2000)}`));
    const timer = setTimeout(() => fail(`no DTLS handshake within ${timeoutMs} ms`), timeoutMs);
    openssl.once('exit', () => fail('openssl ended before the handshake did'));
    for (const stream of [openssl.stdout, openssl.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
        const hex = /Keying material: ([0-9A-F]+)/.exec(output)?.[1];
        if (!hex || !output.includes(`SRTP Extension negotiated, profile=${profile}`)) return;
        clearTimeout(timer);
        resolve(Buffer.from(hex, 'hex'));
      });
    }
  });
}

/** A STUN binding request that nominates this path at once (RFC 8489, RFC 8445). */
function bindingRequest({ usernameFragment, password }: types.IceParameters): Buffer {
  const attributes = [
    attribute(0x0006, Buffer.from(`${usernameFragment}:peer`)), // USERNAME
    attribute(0x0024, Buffer.from([0x7e, 0, 0, 1])), // PRIORITY
    attribute(0x802a, randomBytes(8)), // ICE-CONTROLLING
    attribute(0x0025, Buffer.alloc(0)), // USE-CANDIDATE
  ];
  const transaction = randomBytes(12);
  // The length in the header counts the attribute that is being computed.
  const message = (extra: number): Buffer => {
    const body = Buffer.concat(attributes);
    const header = Buffer.alloc(8);
    header.writeUInt16BE(0x0001, 0);
    header.writeUInt16BE(body.length + extra, 2);
    header.writeUInt32BE(0x2112a442, 4);
    return Buffer.concat([header, transaction, body]);
  };
  attributes.push(attribute(0x0008, createHmac('sha1', password).update(message(24)).digest())); // MESSAGE-INTEGRITY
  const check = Buffer.alloc(4);
  check.writeUInt32BE((crc32(message(8)) ^ 0x5354554e) >>> 0);
  attributes.push(attribute(0x8028, check)); // FINGERPRINT
  return message(0);
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}
