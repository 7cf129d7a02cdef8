// What Node refuses before there is a request that Fastify could answer: it gets a problem document all the same.
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { PROBLEM_TYPE, sendProblem } from './problem.ts';

/** By the code of Node's error. */
const REFUSALS: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too long.'],
};
const NO_REQUEST = [400, 'This is no HTTP request.'] as const;

const problemText = (status: number, detail: string): string =>
  JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail });

/** Answers what cannot be read as a request, and ends the connection. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, detail] = REFUSALS[error.code ?? ''] ?? NO_REQUEST;
  const body = problemText(status, detail);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** Nobody here does more than to go on with a body (100-continue, which Node answers). */
export function refuseExpectations(server: Server): void {
  server.on('checkExpectation', (_: IncomingMessage, response: ServerResponse) => {
    const body = problemText(417, 'Nothing can be expected here but 100-continue.');
    response.writeHead(417, {
      'content-type': PROBLEM_TYPE,
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    });
    response.end(body);
  });
}

/** Where other doors of this server take WebSockets. */
const SOCKETS = /^\/(socket\.io\/|v1\/realtime\b|v1\/telephony\/twilio\b)/;

/** What else wants to be upgraded, such as a client that would like HTTP/2, is answered as the request that it is. */
export const isForSockets = ({ url = '', headers }: IncomingMessage): boolean =>
  SOCKETS.test(url) && headers.upgrade?.toLowerCase() === 'websocket';

/** For a server whose `requireHostHeader` is false: Node would refuse without a word. */
export function requireHost(http: FastifyInstance): void {
  http.addHook('onRequest', async ({ raw }, reply) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      await sendProblem(reply, 400, 'There is no Host header.');
  });
}
