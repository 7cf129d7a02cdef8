import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { scriptedMcpServer } from './mcp-scripted.ts';

/** The scripted MCP server over streamable HTTP, with sessions, on localhost. */
export class McpHttpServer {
  readonly requests: IncomingHttpHeaders[] = [];
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      this.requests.push(request.headers);
      const session = request.headers['mcp-session-id'];
      if (typeof session === 'string') {
        const known = this.#sessions.get(session);
        if (known) return known.handleRequest(request, response);
        response.writeHead(404, { 'content-type': 'application/json' });
        return response.end(
          JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'no session' } }),
        );
      }
      const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (id) => void this.#sessions.set(id, transport),
        onsessionclosed: (id) => void this.#sessions.delete(id),
      });
      await scriptedMcpServer().connect(transport as Transport);
      return transport.handleRequest(request, response);
    });
  }

  /** `port`: that of a server which was there before. */
  static async start(port = 0): Promise<McpHttpServer> {
    const server = new McpHttpServer();
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/mcp`;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** As a restart does. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
