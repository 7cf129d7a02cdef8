import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of somebody else: one page, and folders of modules. */
export class Site {
  /** Its origin. */
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  /** `modules`: folders by the first part of the path. */
  static async start(page: URL, modules: Readonly<Record<string, URL>>): Promise<Site> {
    const server = createServer((request, response) => {
      const [, folder = '', ...rest] = (request.url ?? '/').split('/');
      const from = modules[folder];
      response.setHeader('content-type', from ? 'text/javascript' : 'text/html');
      readFile(from ? new URL(rest.join('/'), from) : page).then(
        (body) => response.end(body),
        () => response.writeHead(404).end(),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Site(server);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
