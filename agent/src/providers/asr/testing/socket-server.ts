import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface SocketServerOptions {
  readonly serve: (connection: Connection) => void;
  /** `wss:` with this. */
  readonly certificate?: Certificate;
}

/** WebSockets on localhost for scripted servers: real sockets, no delay of its own. */
export class SocketServer {
  readonly connections: Connection[] = [];
  /** HTTP status in place of the next WebSockets. */
  refusal: number | undefined;
  /** Handshakes are left without an answer. */
  stallHandshakes = false;
  stalled = 0;
  readonly #sockets: WebSocketServer;
  readonly #http: ReturnType<typeof createServer>;
  readonly #secure: boolean;
  readonly #stalling: Duplex[] = [];
  #closing: Promise<void> | undefined;

  private constructor({ serve, certificate }: SocketServerOptions) {
    this.#secure = certificate !== undefined;
    this.#http = certificate ? createTlsServer(certificate) : createServer();
    this.#sockets = new WebSocketServer({ noServer: true });
    this.#http.on('tlsClientError', () => {});
    this.#http.on('upgrade', (request, socket, head) => {
      if (this.stallHandshakes) {
        this.stalled++;
        this.#stalling.push(socket);
        socket.on('error', () => {});
        return;
      }
      if (this.refusal !== undefined) {
        const body = JSON.stringify({ error: { message: `status ${this.refusal}` } });
        socket.end(`HTTP/1.1 ${this.refusal} No\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = new Connection(webSocket, request.url ?? '', request.headers);
        this.connections.push(connection);
        serve(connection);
      });
    });
  }

  static async start(options: SocketServerOptions): Promise<SocketServer> {
    const server = new SocketServer(options);
    await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `${this.#secure ? 'wss' : 'ws'}://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Connections that are open now. */
  get open(): Connection[] {
    return this.connections.filter(({ ended }) => ended === undefined);
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      for (const connection of this.connections) connection.breakOff();
      for (const socket of this.#stalling) socket.destroy();
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    }));
  }
}

/** One client. */
export class Connection {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** All it sent. */
  readonly received: (string | Buffer)[] = [];
  onMessage: (message: string | Buffer) => void = () => {};
  /** The close code, once it is over. */
  ended: number | undefined;
  /** Resolves then. */
  readonly over: Promise<void>;
  pings = 0;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, path: string, headers: IncomingHttpHeaders) {
    this.#socket = socket;
    this.path = path;
    this.headers = headers;
    socket.on('error', () => {});
    this.over = new Promise((resolve) => {
      socket.on('close', (code) => {
        this.ended = code;
        resolve();
      });
    });
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? (data as Buffer) : String(data);
      this.received.push(message);
      this.onMessage(message);
    });
    socket.on('ping', () => {
      this.pings++;
    });
  }

  /** JSON of objects; strings as they are. */
  send(message: object | string): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** A good-bye in good order. */
  hangUp(code: number, reason = ''): void {
    this.#socket.close(code, reason);
  }

  /** The connection dies without a word. */
  breakOff(): void {
    this.#socket.terminate();
  }

  /** Takes nothing more from the network, and says nothing. */
  freeze(): void {
    this.#socket.pause();
  }
}
