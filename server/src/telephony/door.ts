import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Access, AccessRefused, senderOf } from '../access/index.ts';
import { type Clock, type Logger, TokenBucket } from '../observe/index.ts';
import type { AgentWishes, Registry } from '../rooms/index.ts';
import { NOT_SET_UP, TWILIO_PATH, type TwilioAccount } from './account.ts';
import { TelephoneCall } from './call.ts';

export interface TelephonyDoorOptions {
  readonly server: Server;
  readonly rooms: Registry;
  readonly access: Access;
  readonly account: TwilioAccount;
  /** Of the agents that answer; absent: as the server is set. */
  readonly wishes: AgentWishes;
  /** Proxies of our own in front. */
  readonly proxies: number;
  readonly log: Logger;
  readonly clock: Clock;
}

const LONGEST_MESSAGE_BYTES = 64 * 1024;
/** Twilio sends 50 a second and a mark now and then; what a stall has held back comes at once. */
const MESSAGES = { perSecond: 100, burst: 1000 } as const;
/** Voice that Twilio has not taken in, some ten seconds: nobody hears such a call any more. */
const MOST_BUFFERED_BYTES = 160 * 1024;
/** Twilio sends audio all the time, of silence too: who sends nothing for so long is gone, in ms. */
const SILENT_MS = 20_000;

/** Takes in the WebSockets of Twilio's streams; what others ask for is left to others. */
export class TelephonyDoor {
  readonly #options: TelephonyDoorOptions;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE_BYTES });
  readonly #stop: () => void;

  constructor(options: TelephonyDoorOptions) {
    const { server } = options;
    this.#options = options;
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      if (pathOf(request) === TWILIO_PATH) this.#upgrade(request, socket, head);
    };
    server.on('upgrade', onUpgrade);
    this.#stop = () => server.off('upgrade', onUpgrade);
  }

  /** Calls that are under way. */
  get size(): number {
    return this.#sockets.clients.size;
  }

  /** No new calls, and an end of those there are. May be called again. */
  close(): void {
    this.#stop();
    for (const socket of this.#sockets.clients) socket.close(1001, 'the server is about to end');
    this.#sockets.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusalOf(request);
    if (refusal) refuse(socket, ...refusal);
    else this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#welcome(opened));
  }

  /** Status and reason; undefined for what Twilio sends in the name of the account. Each other address has its pace. */
  #refusalOf(request: IncomingMessage): [number, string] | undefined {
    const { access, account, proxies, log } = this.#options;
    if (account.vouchesForSocket(request)) return undefined;
    const sender = senderOf(request, proxies);
    try {
      access.admitAnybody(sender);
    } catch (error) {
      if (error instanceof AccessRefused) return [429, error.message];
      throw error;
    }
    if (!account.isSetUp) return [404, NOT_SET_UP];
    log.warn({ address: sender.ip }, 'a stream of a telephone call was not signed by the Twilio account');
    return [403, 'The signature is not that of the Twilio account.'];
  }

  #welcome(socket: WebSocket): void {
    const { rooms, wishes, clock, log } = this.#options;
    const bucket = new TokenBucket(MESSAGES, () => clock.now());
    const call = new TelephoneCall({
      rooms,
      wishes,
      clock,
      log,
      wire: {
        send: (text) => {
          if (socket.readyState !== socket.OPEN) return;
          if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.terminate();
          else socket.send(text);
        },
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        close: (code, reason) => socket.close(code, reason),
      },
    });
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (!bucket.take()) socket.close(1008, 'too many messages');
      else if (isBinary) socket.close(1003, 'messages are text');
      else call.receive(String(data));
    });
    socket.on('error', (error) => log.debug({ err: error }, 'a stream of a telephone call failed'));
    const stopWatching = endWhenSilent(socket, clock);
    socket.once('close', () => {
      stopWatching();
      call.end();
    });
  }
}

/** Ends a connection whose other end is gone without a word. */
function endWhenSilent(socket: WebSocket, clock: Clock): () => void {
  let heard = true;
  let cancel = (): void => {};
  const onMessage = (): void => {
    heard = true;
  };
  const look = (): void => {
    if (heard) cancel = clock.after(SILENT_MS, look);
    else socket.terminate();
    heard = false;
  };
  socket.on('message', onMessage);
  look();
  return () => cancel();
}

const pathOf = ({ url = '' }: IncomingMessage): string => (url.split('?')[0] ?? '').replace(/\/$/, '');

function refuse(socket: Duplex, status: number, detail: string): void {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.on('error', () => {});
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
