// Bytes on a socket: what no client library would send.
import { connect } from 'node:net';
import { badProblem, indecency } from './decent.ts';
import type { FuzzHouse } from './house.ts';
import type { Fate } from './tally.ts';

/** Bytes as latin1, so that a failure can be read; `more` follow when something has come back. */
export interface Bytes {
  readonly kind: string;
  readonly first: string;
  readonly more?: string;
}

/** Longest time for the end of a connection, in ms. */
const PATIENCE_MS = 15_000;

/** Sends the bytes, then nothing more; throws where what comes back is not as it must be. */
export async function throwBytes({ kind, first, more }: Bytes, house: FuzzHouse): Promise<Fate> {
  const answer = await exchange(Number(new URL(house.url).port), first, more);
  const fault = (answer === undefined ? 'kept the connection' : judge(answer, first, house)) ?? house.end;
  if (fault) throw new Error(`${kind}: ${fault}: ${answer?.slice(0, 2000)}`);
  if (!answer) return 'unanswered';
  if (answer.startsWith('HTTP/1.1 101')) return 'ended';
  return /^HTTP\/1\.1 [23]/.test(answer) ? 'taken' : 'refused';
}

/** All that comes back; undefined where the connection is not ended. */
function exchange(port: number, first: string, more: string | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      const bytes = Buffer.from(first, 'latin1');
      // Half closed: whoever waits for the rest knows that none comes.
      if (more === undefined) socket.end(bytes);
      else socket.write(bytes);
    });
    const timer = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, PATIENCE_MS);
    socket.on('data', (chunk) => {
      if (answer === '' && more !== undefined) socket.end(Buffer.from(more, 'latin1'));
      answer += chunk.toString('latin1');
    });
    // A reset is an end.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** What follows the first head of an answer may be frames, or a second answer. */
function judge(answer: string, sent: string, house: FuzzHouse): string | undefined {
  if (answer === '') return undefined;
  const at = answer.indexOf('\r\n\r\n');
  const [, status = '0'] = /^HTTP\/1\.[01] (\d{3}) /.exec(answer) ?? [];
  const type = /^content-type: (.*)$/im.exec(answer.slice(0, at))?.[1]?.trim() ?? '';
  const length = Number(/^content-length: (\d+)$/im.exec(answer.slice(0, at))?.[1] ?? Number.NaN);
  const body = answer.slice(at + 4, Number.isNaN(length) ? undefined : at + 4 + length);
  // The demo's page and the documentation name their scripts.
  const told = /^text\/|javascript/.test(type) ? undefined : indecency(answer, sent, house.secrets);
  if (told) return told;
  if (Number(status) < 400) return status === '0' ? 'is no answer of HTTP' : undefined;
  // What Engine.IO refuses, and a WebSocket that is none, is refused in their own words.
  if (/^\S+ \/socket\.io|^\S+ \/v1\/realtime/.test(sent))
    return Number(status) >= 500 ? `answers ${status}` : undefined;
  if (sent.startsWith('HEAD')) return undefined;
  return badProblem({ status: Number(status), type, headers: {}, body: Buffer.from(body, 'latin1').toString() });
}
