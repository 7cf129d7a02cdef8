import type {
  Ack,
  ClientToServerEvents,
  NoticeName,
  NoticeOf,
  RequestName,
  RequestOf,
  ResponseOf,
  ServerToClientEvents,
} from '@parley/signaling/protocol';
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import { io, type Socket } from 'socket.io-client';

/** A request without an answer for this long has failed, in ms. */
const ANSWER_PATIENCE_MS = 10_000;

/** TypeScript cannot follow a generic name through Socket.IO's maps; the methods below have checked the pair. */
interface Untyped {
  emitWithAck(name: string, message: unknown): Promise<Ack<unknown>>;
  on(name: string, fn: (notice: unknown) => void): void;
  off(name: string, fn: (notice: unknown) => void): void;
}

/** The caller's end of signaling: the protocol as it stands, without the SDK's reconnecting. */
export class Signaling {
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly #untyped: Untyped;

  private constructor(socket: Socket<ServerToClientEvents, ClientToServerEvents>) {
    this.#socket = socket;
    this.#untyped = socket.timeout(ANSWER_PATIENCE_MS) as unknown as Untyped;
  }

  /** Rejects where there is no server, or one of another protocol. */
  static connect(url: string): Promise<Signaling> {
    const socket = io(url, {
      auth: { protocol: PROTOCOL_VERSION },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(new Signaling(socket)));
      socket.once('connect_error', (error) => {
        socket.disconnect();
        reject(error);
      });
    });
  }

  /** Throws where the server refuses or does not answer. */
  async request<N extends RequestName>(name: N, message: RequestOf<N>): Promise<ResponseOf<N>> {
    const answer = await this.#untyped.emitWithAck(name, message);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.code}: ${answer.error.message}`);
    return answer.data as ResponseOf<N>;
  }

  /** Calls `fn` for each notice until the returned function is called. */
  on<N extends NoticeName>(name: N, fn: (notice: NoticeOf<N>) => void): () => void {
    const socket = this.#socket as unknown as Untyped;
    const heard = fn as (notice: unknown) => void;
    socket.on(name, heard);
    return () => socket.off(name, heard);
  }

  close(): void {
    this.#socket.disconnect();
  }
}
