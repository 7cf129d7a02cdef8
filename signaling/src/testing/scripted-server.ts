import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import {
  type Ack,
  type NoticeName,
  type NoticeOf,
  type RequestName,
  type RequestOf,
  type ResponseOf,
  requests,
  type WireError,
} from '../protocol/index.ts';
import { answers } from './answers.ts';

type Answer<N extends RequestName> = ResponseOf<N> | Refusal | Silence;
/** What the double answers: data, a refusal, or nothing at all. */
export type Script = {
  [N in RequestName]?: (message: RequestOf<N>) => Answer<N> | Promise<Answer<N>>;
};

export class Refusal {
  readonly error: WireError;
  constructor(code: WireError['code'], message = code as string) {
    this.error = { code, message };
  }
}
export class Silence {}

export interface Received {
  readonly name: string;
  readonly message: unknown;
}

/** A real Socket.IO server whose answers are scripted. It keeps what it was asked. */
export class ScriptedServer {
  /** Replace at any time; what it lacks is answered as in a call that goes well. */
  script: Script;
  readonly received: Received[] = [];
  readonly #http: HttpServer;
  readonly #io: Server;
  #gate: WireError | undefined;

  private constructor(script: Script, http: HttpServer) {
    this.script = script;
    this.#http = http;
    this.#io = new Server(http);
  }

  /** `port` 0: any free one; `http`: where the double also serves a page. */
  static async start(script: Script = {}, { port = 0, http = createServer() } = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(script, http);
    server.#io.use((_socket, next) => {
      next(server.#gate && Object.assign(new Error(server.#gate.message), { data: server.#gate }));
    });
    server.#io.on('connection', (socket) => server.#serve(socket));
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Names of the requests so far, in order. */
  get asked(): string[] {
    return this.received.map(({ name }) => name);
  }

  /** What the last client said in its handshake. */
  handshake: Record<string, unknown> = {};

  /** Refuses new connections in the handshake, or lets them in again. */
  refuse(error: WireError | undefined): void {
    this.#gate = error;
  }

  notify<N extends NoticeName>(name: N, notice: NoticeOf<N>, seq?: number): void {
    this.#io.emit(name, notice, ...(seq === undefined ? [] : [seq]));
  }

  /** Sends what need not fit any schema. */
  notifyRaw(name: string, notice: unknown): void {
    this.#io.emit(name, notice);
  }

  /** Breaks every connection. */
  drop(): void {
    this.#io.disconnectSockets(true);
  }

  /** Resolves once `name` was asked `times` times. */
  async until(name: RequestName, times = 1): Promise<Received> {
    for (;;) {
      const hits = this.received.filter((each) => each.name === name);
      if (hits.length >= times) return hits[times - 1]!;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop(): Promise<void> {
    await this.#io.close();
  }

  #serve(socket: Socket): void {
    this.handshake = socket.handshake.auth;
    for (const name of Object.keys(requests) as RequestName[]) {
      socket.on(name, async (message: unknown, ack?: (answer: Ack<unknown>) => void) => {
        this.received.push({ name, message });
        const script = (this.script[name] ?? answers[name]) as (message: unknown) => unknown;
        const answer = await script(message);
        if (answer instanceof Refusal) ack?.({ ok: false, error: answer.error });
        else if (!(answer instanceof Silence)) ack?.({ ok: true, data: answer });
      });
    }
  }
}
