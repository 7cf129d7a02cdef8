import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inbox } from '../../testing/inbox.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly type: string; readonly id: string; readonly data: Record<string, unknown> };
}

/** A server that takes webhooks: each is answered with the next status that was asked for, else with 200. */
export async function startReceiver() {
  const received = new Inbox<Received>();
  const statuses: (number | 'never')[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const status = statuses.shift() ?? 200;
      if (status !== 'never') response.writeHead(status).end('thanks');
      received.put({ headers: request.headers, body, event: JSON.parse(body) });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answerWith: (...some: (number | 'never')[]) => statuses.push(...some),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
