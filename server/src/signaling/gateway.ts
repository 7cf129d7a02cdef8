import type { Server as HttpServer, IncomingMessage } from 'node:http';
import {
  type ClientToServerEvents,
  type IceServer,
  type NoticeName,
  type NoticeOf,
  PROTOCOL_VERSION,
  type ServerToClientEvents,
  type WireError,
} from '@parley/signaling/protocol';
import { Server, type Socket } from 'socket.io';
import { type Access, Addresses, senderOf } from '../access/index.ts';
import { type Clock, type Logger, type Metrics, systemClock } from '../observe/index.ts';
import type { Registry } from '../rooms/index.ts';
import { Connection, type MessageLimits } from './connection.ts';
import { isAllowedOrigin } from './origin.ts';
import { Permits } from './permits.ts';

export interface GatewayOptions {
  readonly server: HttpServer;
  readonly rooms: Registry;
  readonly limits: MessageLimits & { readonly messageBytes: number; readonly connectionsPerAddress: number };
  readonly access: Access;
  /** Proxies of our own in front. */
  readonly proxies: number;
  /** Origins of other sites whose pages may connect; `*` for all. */
  readonly allowedOrigins: readonly string[];
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  /** Under which addresses the client of this handshake can reach our media. */
  addressesFor(handshake: IncomingMessage): Promise<readonly string[]>;
  /** TURN servers, with credentials for this caller. */
  iceServersFor(callerId: string): IceServer[];
}

/** A connection that says nothing for both together is gone, in ms. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 8000;
/** A connection that does not say who it is by then is ended, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

type Io = Server<ClientToServerEvents, ServerToClientEvents>;
/** TypeScript cannot follow a generic name through Socket.IO's maps; `Notify` has checked the pair. */
type Untyped = { emit(name: string, ...args: unknown[]): boolean };

/** The door of signaling. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #io: Io;
  readonly #permits: Permits;
  readonly #addresses: Addresses;
  #closed = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { server, limits, access, proxies, allowedOrigins } = options;
    this.#permits = new Permits(access);
    this.#addresses = new Addresses(access, limits.connectionsPerAddress);
    this.#io = new Server(server, {
      serveClient: false,
      maxHttpBufferSize: limits.messageBytes,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      cors: { origin: allowedOrigins.includes('*') ? '*' : [...allowedOrigins] },
      // CORS does not cover WebSocket: a foreign page is turned away here.
      allowRequest: (request, decide) => {
        const { origin, host } = request.headers;
        const isFree = this.#addresses.isFree(senderOf(request, proxies));
        decide(null, isFree && isAllowedOrigin(origin, host, allowedOrigins));
      },
    });
    this.#io.engine.on(
      'connection',
      (socket: { request: IncomingMessage; once(event: 'close', fn: () => void): void }) => {
        socket.once('close', this.#addresses.add(senderOf(socket.request, proxies)));
      },
    );
    this.#io.use((socket, next) => next(handshakeError(socket)));
    this.#io.on('connection', (socket) => this.#welcome(socket));
  }

  /** Tells everybody who is connected. */
  announce<N extends NoticeName>(name: N, notice: NoticeOf<N>): void {
    (this.#io as Untyped).emit(name, notice);
  }

  /** Disconnects everybody; what was sent before still goes out. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#io.disconnectSockets(true);
    this.#io.engine.close();
  }

  #welcome(socket: Socket<ClientToServerEvents, ServerToClientEvents>): void {
    const { rooms, limits, proxies, log, metrics, clock = systemClock, addressesFor, iceServersFor } = this.#options;
    // One lookup for a connection, not for each transport.
    let addresses: Promise<readonly string[]> | undefined;
    const connection = new Connection({
      rooms,
      limits,
      permits: this.#permits,
      sender: senderOf(socket.request, proxies),
      log,
      metrics,
      now: () => clock.now(),
      notify: (name, notice, seq) => void (socket as Untyped).emit(name, notice, ...(seq === undefined ? [] : [seq])),
      addresses: () => (addresses ??= addressesFor(socket.request)),
      iceServersFor,
      expel: () => void socket.disconnect(true),
    });
    socket.onAny((event: unknown, ...args: unknown[]) => connection.receive(event, args));
    socket.once('disconnect', () => connection.end());
  }
}

/** The error a client finds in `connect_error`, its WireError under `data`. */
function handshakeError(socket: Socket): (Error & { data: WireError }) | undefined {
  const { protocol } = socket.handshake.auth;
  if (protocol === PROTOCOL_VERSION) return undefined;
  const message = `this server speaks protocol ${PROTOCOL_VERSION}, and the client ${JSON.stringify(protocol)?.slice(0, 20)}`;
  return Object.assign(new Error(message), { data: { code: 'protocol-version', message } as const });
}
