import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one request goes that does not go well. */
export type ModelTrouble =
  | { readonly stallAfter: number }
  | { readonly status: number }
  | { readonly silent: true }
  | { readonly ignoresRange: true }
  | { readonly bytes: Buffer };

/** A mirror of one file on localhost, scripted: real HTTP with ranges. The first troubles are for the first requests. */
export class ModelServer {
  /** Path and range of each request. */
  readonly asked: { readonly path: string; readonly range: string | undefined }[] = [];
  readonly #content: Buffer;
  readonly #troubles: ModelTrouble[];
  readonly #server: Server;

  private constructor(content: Buffer, troubles: readonly ModelTrouble[]) {
    this.#content = content;
    this.#troubles = [...troubles];
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  static async start(content: Buffer, troubles: readonly ModelTrouble[] = []): Promise<ModelServer> {
    const server = new ModelServer(content, troubles);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks all connections. */
  drop(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve({ url, headers: { range } }: IncomingMessage, response: ServerResponse): void {
    this.asked.push({ path: url ?? '', range });
    const trouble = this.#troubles.shift();
    if (trouble && 'silent' in trouble) return;
    if (trouble && 'status' in trouble) {
      response.writeHead(trouble.status).end();
      return;
    }
    const content = trouble && 'bytes' in trouble ? trouble.bytes : this.#content;
    const from = trouble && 'ignoresRange' in trouble ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const headers = { 'content-length': content.length - from };
    if (from > 0) {
      response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
    } else response.writeHead(200, headers);
    if (trouble && 'stallAfter' in trouble) {
      response.write(content.subarray(from, from + trouble.stallAfter));
    } else response.end(content.subarray(from));
  }
}
