import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { AccessRefused, Addresses, type Sender, senderOf } from '../access/index.ts';
import { type Clock, type Logger, TokenBucket } from '../observe/index.ts';
import type { Registry } from '../rooms/index.ts';
import { eventsLeg } from './audio-leg.ts';
import type { RealtimeCall } from './call.ts';
import type { RealtimeCalls } from './calls.ts';
import type { ChannelEnd, EventChannel, EventReader } from './event-channel.ts';
import { errorEvent, RealtimeError } from './protocol.ts';
import { RealtimeSession } from './session.ts';
import type { SessionConfig } from './session-config.ts';
import { MOST_SIDEBANDS } from './sidebands.ts';
import { admitServer, sessionOf, type Vouchers } from './vouched.ts';

export interface RealtimeDoorOptions extends Vouchers {
  readonly server: Server;
  readonly rooms: Registry;
  /** Which servers of the app may control. */
  readonly calls: RealtimeCalls;
  readonly connectionsPerAddress: number;
  /** Proxies of our own in front. */
  readonly proxies: number;
  readonly log: Logger;
  readonly clock: Clock;
}

const PATH = '/v1/realtime';
/** As the protocol allows for one append. */
const LONGEST_MESSAGE_BYTES = 15 * 1024 * 1024;
/** Audio comes 50 times a second, or faster where it is no microphone's. */
const MESSAGES = { perSecond: 500, burst: 5000 } as const;
/** What a client has not taken in: one that is so far behind is no listener. */
const MOST_BUFFERED_BYTES = 4 * 1024 * 1024;
const PING_INTERVAL_MS = 20_000;
const SUBPROTOCOL = 'realtime';
const KEY_SUBPROTOCOL = 'openai-insecure-api-key.';
/** RFC 6455, 7.4.1. */
const CLOSE_CODE: Readonly<Record<ChannelEnd, number>> = { over: 1000, shutdown: 1001, flooded: 1008, refused: 1013 };

/** Takes in WebSockets at /v1/realtime; what others ask for is left to others. */
export class RealtimeDoor {
  readonly #options: RealtimeDoorOptions;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  readonly #addresses: Addresses;
  readonly #stop: () => void;

  constructor(options: RealtimeDoorOptions) {
    const { server, access, connectionsPerAddress } = options;
    this.#options = options;
    this.#addresses = new Addresses(access, connectionsPerAddress);
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      if (urlOf(request).pathname.replace(/\/$/, '') === PATH) this.#upgrade(request, socket, head);
    };
    server.on('upgrade', onUpgrade);
    this.#stop = () => server.off('upgrade', onUpgrade);
  }

  /** Connections that are open. */
  get size(): number {
    return this.#sockets.clients.size;
  }

  /** No new connections, and an end of those there are. May be called again. */
  close(): void {
    this.#stop();
    for (const socket of this.#sockets.clients) end(socket, 1001, 'the server is about to end');
    this.#sockets.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const sender = senderOf(request, this.#options.proxies);
    let welcome: (opened: WebSocket) => void;
    try {
      welcome = this.#admit(request, sender);
    } catch (error) {
      if (!(error instanceof AccessRefused || error instanceof RealtimeError))
        this.#options.log.error({ err: error }, 'a connection could not be admitted');
      refuse(socket, error);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.once('close', this.#addresses.add(sender));
      welcome(opened);
    });
  }

  /** What is to be done with the connection. Throws an AccessRefused, or a RealtimeError where there is no such call. */
  #admit(request: IncomingMessage, sender: Sender): (opened: WebSocket) => void {
    if (!this.#addresses.isFree(sender)) throw AccessRefused.tooMany('connections from one address');
    const { searchParams } = urlOf(request);
    const callId = searchParams.get('call_id');
    if (callId !== null) {
      const call = this.#callFor(sender, keyOf(request), callId);
      return (opened) => this.#listen(opened, call.attach(channelOf(opened)));
    }
    const session = sessionOf(this.#options, sender, keyOf(request), searchParams.get('model'));
    return (opened) => this.#welcome(opened, session);
  }

  /** The call that a server of the app controls. */
  #callFor(sender: Sender, key: string | undefined, id: string): RealtimeCall {
    admitServer(this.#options, sender, key);
    const call = this.#options.calls.find(id);
    if (!call) throw new RealtimeError('call_not_found', 'there is no call of this id, or it is over', 'call_id');
    if (!call.full) return call;
    const message = `this call has ${MOST_SIDEBANDS} connections that control it already; close one of them`;
    throw new AccessRefused('too-many-requests', message);
  }

  #welcome(socket: WebSocket, session: SessionConfig): void {
    const { rooms, clock, log } = this.#options;
    const channel = channelOf(socket);
    const client = new RealtimeSession({ rooms, leg: eventsLeg(rooms), session, clock, log, channel });
    this.#listen(socket, client);
    client.greet();
  }

  #listen(socket: WebSocket, client: EventReader): void {
    const { clock, log } = this.#options;
    const bucket = new TokenBucket(MESSAGES, () => clock.now());
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (!bucket.take()) {
        socket.send(JSON.stringify(errorEvent(new RealtimeError('rate_limit_exceeded', 'too many messages'))));
        end(socket, 1008, 'too many messages');
      } else if (isBinary) {
        end(socket, 1003, 'events are text');
      } else {
        client.receive(String(data));
      }
    });
    socket.on('error', (error) => log.debug({ err: error }, 'a realtime connection failed'));
    const stopPinging = keepAlive(socket, clock);
    socket.once('close', () => {
      stopPinging();
      client.end();
    });
  }
}

const channelOf = (socket: WebSocket): EventChannel => ({
  send: (text) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.terminate();
    else socket.send(text);
  },
  pause: () => socket.pause(),
  resume: () => socket.resume(),
  close: (why, reason) => end(socket, CLOSE_CODE[why], reason),
});

/** A paused one would not read the client's answer to that, and stay. */
function end(socket: WebSocket, code: number, reason: string): void {
  socket.resume();
  socket.close(code, reason);
}

/** Ends a connection whose other end is gone without a word. */
function keepAlive(socket: WebSocket, clock: Clock): () => void {
  let alive = true;
  let cancel = (): void => {};
  socket.on('pong', () => {
    alive = true;
  });
  const look = (): void => {
    if (!alive) {
      socket.terminate();
      return;
    }
    alive = false;
    socket.ping();
    cancel = clock.after(PING_INTERVAL_MS, look);
  };
  cancel = clock.after(PING_INTERVAL_MS, look);
  return () => cancel();
}

/** Of the header, or of the subprotocols, which is all that pages can set. */
function keyOf({ headers }: IncomingMessage): string | undefined {
  const offered = String(headers['sec-websocket-protocol'] ?? '').split(',');
  const named = offered.map((each) => each.trim()).find((each) => each.startsWith(KEY_SUBPROTOCOL));
  return named?.slice(KEY_SUBPROTOCOL.length) ?? /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
}

const HERE = 'http://localhost/';
/** What is no address is none of ours: `GET //` can be sent by anybody. */
const urlOf = ({ url = '/' }: IncomingMessage): URL => URL.parse(url, HERE) ?? new URL(HERE);

const STATUS = {
  unauthorized: '401 Unauthorized',
  forbidden: '403 Forbidden',
  'too-many-requests': '429 Too Many Requests',
};

/** As clients of OpenAI read it. */
function refusalOf(error: unknown): { readonly status: string; readonly error: object } {
  const { type, code, message, param } = errorEvent(error).error;
  if (!(error instanceof AccessRefused)) {
    const status = error instanceof RealtimeError ? '404 Not Found' : '500 Internal Server Error';
    return { status, error: { type, code, message, param } };
  }
  const refused = { type: 'invalid_request_error', code: error.code, message: error.message, param: null };
  return { status: STATUS[error.code], error: refused };
}

function refuse(socket: Duplex, why: unknown): void {
  const { status, error } = refusalOf(why);
  const body = JSON.stringify({ error });
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.on('error', () => {});
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
