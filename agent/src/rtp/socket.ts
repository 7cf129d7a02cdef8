import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { RtpAddress } from '../contracts/index.ts';
import { isRtcp, parseRtp, type RtpPacket } from './packet.ts';

export type RtpHandler = (packet: RtpPacket) => void;
export type RtcpHandler = (bytes: Uint8Array) => void;

/** Datagrams since the socket was opened. */
export interface RtpSocketStats {
  received: number;
  sent: number;
  /** Neither RTP nor RTCP. */
  malformed: number;
  /** RTP of an SSRC that nobody listens to. */
  unrouted: number;
  /** Not sent: the system's queue was full, or it refused. */
  dropped: number;
}

/** Beyond this the network does not keep up, and old voice is worth nothing: what comes is dropped. */
const SEND_QUEUE_BYTES = 64 * 1024;

/** One UDP socket of a session: every caller's RTP comes in, told apart by SSRC, and the voice goes out. */
export class RtpSocket {
  readonly address: RtpAddress;
  readonly stats: RtpSocketStats = { received: 0, sent: 0, malformed: 0, unrouted: 0, dropped: 0 };
  readonly #socket: Socket;
  readonly #routes = new Map<number, RtpHandler>();
  readonly #rtcp = new Set<RtcpHandler>();
  #closing: Promise<void> | undefined;

  private constructor(socket: Socket, ip: string) {
    this.#socket = socket;
    this.address = { ip, port: socket.address().port };
    socket.on('message', (bytes) => this.#receive(bytes));
    // A datagram that could not be delivered; the call lives or dies by its signaling, not by this.
    socket.on('error', () => this.stats.dropped++);
  }

  /** Rejects with the system's error where the address cannot be had. Port 0, the default, takes a free one. */
  static open({ ip, port = 0 }: { readonly ip: string; readonly port?: number }): Promise<RtpSocket> {
    const socket = createSocket({
      type: isIPv6(ip) ? 'udp6' : 'udp4',
      // Addresses are numeric: without this each send would wait for a look-up, and a cut could not be exact.
      lookup: (host, _options, done) => done(null, host, isIPv6(host) ? 6 : 4),
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, ip, () => {
        socket.removeListener('error', reject);
        resolve(new RtpSocket(socket, ip));
      });
    });
  }

  /** Gives the packets of `ssrc` to `handler` until the returned function is called. One handler an SSRC. */
  route(ssrc: number, handler: RtpHandler): () => void {
    if (this.#routes.has(ssrc)) throw new RangeError(`SSRC ${ssrc} has its handler`);
    this.#routes.set(ssrc, handler);
    return () => {
      if (this.#routes.get(ssrc) === handler) this.#routes.delete(ssrc);
    };
  }

  /** Gives each RTCP datagram to `handler` until the returned function is called. */
  onRtcp(handler: RtcpHandler): () => void {
    this.#rtcp.add(handler);
    return () => this.#rtcp.delete(handler);
  }

  /** Sends now, or drops; never throws and never waits. */
  send(bytes: Uint8Array, { ip, port }: RtpAddress): void {
    if (this.#closing) return;
    if (this.#socket.getSendQueueSize() > SEND_QUEUE_BYTES) {
      this.stats.dropped++;
      return;
    }
    try {
      this.#socket.send(bytes, port, ip, this.#onSent);
      this.stats.sent++;
    } catch {
      // An address that cannot be sent to.
      this.stats.dropped++;
    }
  }

  /** Resolves when the port is free again; the same promise every time. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  #shut(): Promise<void> {
    this.#routes.clear();
    this.#rtcp.clear();
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  readonly #onSent = (error: Error | null): void => {
    if (error) this.stats.dropped++;
  };

  #receive(bytes: Uint8Array): void {
    this.stats.received++;
    if (isRtcp(bytes)) {
      for (const handler of this.#rtcp) handler(bytes);
      return;
    }
    let packet: RtpPacket;
    try {
      packet = parseRtp(bytes);
    } catch {
      this.stats.malformed++;
      return;
    }
    const handler = this.#routes.get(packet.ssrc);
    if (handler) handler(packet);
    else this.stats.unrouted++;
  }
}
