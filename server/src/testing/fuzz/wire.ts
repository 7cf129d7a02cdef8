// Bytes on a socket: what no client library would send.
import { connect } from 'node:net';
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import fc from 'fast-check';
import { badProblem, indecency } from './decent.ts';
import type { FuzzHouse } from './house.ts';
import { ODD_STRINGS } from './oddities.ts';
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

const HOST = 'Host: localhost\r\n';
const CLOSE = `${HOST}Connection: close\r\n`;
const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each).toString('latin1'));
const odd = fc.oneof(fc.constantFrom(...ODD_STRINGS.map((each) => Buffer.from(each).toString('latin1'))), bytes);
const paths = fc.oneof(
  fc.constantFrom(
    '/',
    '//',
    '///x',
    '/%',
    '/%zz',
    '/%00',
    '/%ff%fe',
    '/..%2f..%2fetc/passwd',
    '/../../etc/passwd',
    '/docs/../../x',
    '/docs/%2e%2e/%2e%2e/x',
    '/assets/..%5c..%5cx',
    '*',
    'http://',
    'http://[',
    'http://a:b@c/',
    'localhost:80',
    '/v1/rooms/%2e%2e',
    '/v1/rooms/%e0%a4%a',
    '/?',
    '/#',
    '/v1/voices/%80/sample',
    '/v1/calls?q=%ff',
    '/v1/rooms;a=b',
    '/redoc/../x',
    '/sdk/..%2f..%2fx',
  ),
  fc
    .constantFrom('/', '/v1/', '/v1/rooms/', '/docs/', '/v1/calls?q=')
    .chain((start) => odd.map((each) => `${start}${each}`)),
  fc.constantFrom(5000, 15_000, 30_000).map((length) => `/${'x'.repeat(length)}`),
);
const methods = fc.constantFrom(
  'GET',
  'POST',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'get',
  'GET ',
  'FOO',
  '',
  'G\0T',
  'CONNECT',
  'TRACE',
  'PRI',
);
const versions = fc.constantFrom(
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/9.9',
  'HTTP/1.1 ',
  'HTTP/',
  '',
  'ICE/1.0',
);
const ends = fc.constantFrom('\r\n', '\n', '\r', '\r\n\r\n', '\0\r\n');

/** Requests that are none, or nearly. */
const lines = fc.tuple(methods, paths, versions, ends).map(([method, path, version, end]) => ({
  kind: 'request lines',
  first: `${method} ${path} ${version}${end}${CLOSE}\r\n`,
}));
const headers = fc
  .array(
    fc.oneof(
      fc
        .tuple(
          fc.constantFrom(
            'Host',
            'Content-Length',
            'Transfer-Encoding',
            'Connection',
            'Upgrade',
            'X',
            ' X',
            'X ',
            '',
            'X\0',
            'Cookie',
            'Expect',
            'Authorization',
            'Range',
            'X-Forwarded-For',
            'Sec-WebSocket-Key',
          ),
          odd,
        )
        .map(([name, value]) => `${name}: ${value}\r\n`),
      fc.constantFrom(
        `X: ${'x'.repeat(20_000)}\r\n`,
        'x\r\n',
        ': x\r\n',
        ' folded\r\n',
        'X: y\r\n'.repeat(3000),
        'Content-Length: -1\r\n',
        'Content-Length: 1e3\r\n',
        'Content-Length: 99999999999999999999\r\n',
        'Content-Length: 3\r\nContent-Length: 4\r\n',
        'Transfer-Encoding: chunked, gzip\r\n',
        'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n',
        'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n',
      ),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .chain((all) =>
    fc
      .tuple(fc.constantFrom('GET /healthz', 'POST /v1/rooms', 'GET /v1/info', 'DELETE /v1/calls/x'), fc.boolean())
      .map(([line, withHost]) => ({
        kind: 'raw headers',
        first: `${line} HTTP/1.1\r\n${withHost ? CLOSE : 'Connection: close\r\n'}${all.join('')}\r\n`,
      })),
  );
const truncated = fc
  .tuple(
    fc.constantFrom(
      `POST /v1/tokens HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"room":"lobby"}`,
      `POST /v1/rooms HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n5\r\n`,
      `POST /v1/rooms HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      `POST /v1/demo/token HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n`,
      `GET /healthz HTTP/1.1\r\n${CLOSE}\r\n`,
    ),
    fc.nat(1000),
  )
  .map(([whole, at]) => ({ kind: 'cut requests', first: whole.slice(0, 1 + (at % whole.length)) }));
const noise = bytes.map((first) => ({ kind: 'noise', first: first || 'x' }));

/** Upgrades that are none, and sessions of Engine.IO that there are not. */
const upgrade = `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n`;
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('EIO', 'transport', 'sid', 't', 'j', 'b64', '__proto__', 'constructor'),
      fc.oneof(
        fc.constantFrom('4', '3', '99', 'polling', 'websocket', 'webtransport', 'constructor', '__proto__', ''),
        odd.map(encode),
      ),
    ),
    { maxLength: 4 },
  )
  .map((all) => all.map(([name, value]) => `${name}=${value}`).join('&'));
const engine = fc.oneof(
  fc.tuple(fc.constantFrom('GET', 'POST', 'OPTIONS', 'DELETE'), query, odd).map(([method, search, body]) => ({
    kind: 'Engine.IO over HTTP',
    first: `${method} /socket.io/?${search} HTTP/1.1\r\n${CLOSE}Content-Length: ${body.length}\r\n\r\n${body}`,
  })),
  fc
    .tuple(
      fc.constantFrom(
        '/socket.io/?EIO=4&transport=websocket',
        '/socket.io/?',
        '/v1/realtime',
        '/',
        '//',
        '/v1/realtime?model=%zz',
        'http://[',
      ),
      query,
      fc.constantFrom('dGhlIHNhbXBsZSBub25jZQ==', 'x', '', '\xff'),
      fc.constantFrom('13', '8', 'x', ''),
    )
    .map(([path, search, key, version]) => ({
      kind: 'upgrades',
      more: '',
      first: `GET ${path}${path.includes('?') ? `&${search}` : ''} HTTP/1.1\r\n${upgrade}Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: ${version}\r\n\r\n`,
    })),
);
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'latin1').toString('latin1'));
}

export const rawRequests: fc.Arbitrary<Bytes> = fc.oneof(lines, headers, truncated, noise, engine);

const opening = `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;

/** A frame as a client sends it; each part may be wrong. */
function frame({
  first,
  masked,
  length,
  payload,
}: {
  first: number;
  masked: boolean;
  length: number | undefined;
  payload: Buffer;
}): Buffer {
  const told = length ?? payload.length;
  const mask = masked ? 0x80 : 0;
  const size =
    told < 126
      ? [mask | told]
      : told < 65_536
        ? [mask | 126, told >> 8, told & 255]
        : [mask | 127, 255, 255, 255, 255, 255, 255, 255, 255];
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([first, ...size]), masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

const connected = `0{"protocol":${PROTOCOL_VERSION}}`;
/** Packets of Socket.IO inside those of Engine.IO. */
const PACKETS = [
  '',
  '4',
  '40',
  `4${connected}`,
  '40{"protocol":"x"}',
  '40/admin,',
  '40/admin,{}',
  '41',
  '42',
  '42[]',
  '42["join"]',
  '42["join",{}]',
  '42[1]',
  '42["__proto__",{}]',
  '42["connect"]',
  '42["disconnect",{}]',
  '42["newListener"]',
  '42["error","x"]',
  '420["join",{}]',
  '42-1["join"]',
  '4299999999999999999999["join"]',
  '43',
  '430[]',
  '431[{"ok":true}]',
  '44{"message":"x"}',
  '45',
  '450-["x"]',
  '451-["join",{"_placeholder":true,"num":0}]',
  '451-["join",{"_placeholder":true,"num":5}]',
  '451-["join",{"_placeholder":true,"num":-1}]',
  '451-["join",{"_placeholder":true,"num":"constructor"}]',
  '4599999999999-["x"]',
  '46',
  '461-[]',
  '47',
  '4x',
  '1',
  '2',
  '2probe',
  '3',
  '3probe',
  '5',
  '6',
  '7',
  'b',
  'bAAAA',
  '0{}',
  '{"type":"message"}',
  '42["join",{"room":NaN}]',
  '42["join",{"room":Infinity}]',
  '42["text",{"text":"\ud800"}]',
  `42["join",${'['.repeat(20_000)}${']'.repeat(20_000)}]`,
  `42["${'x'.repeat(60_000)}"]`,
  `42["text",{"text":"${'x'.repeat(70_000)}"}]`,
];
const packet = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PACKETS).map((each) => Buffer.from(each)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each)) },
);
const oddFrame = fc
  .record({
    first: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0x81) },
      { weight: 2, arbitrary: fc.constant(0x82) },
      { weight: 2, arbitrary: fc.nat(255) },
    ),
    masked: fc.oneof({ weight: 12, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    length: fc.oneof(
      { weight: 12, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(0, 125, 126, 65_535, 70_000) },
    ),
    payload: packet,
  })
  .map(frame);

/** WebSockets of signaling whose frames or packets are wrong. */
export const rawFrames: fc.Arbitrary<Bytes> = fc
  .tuple(fc.boolean(), fc.array(oddFrame, { minLength: 1, maxLength: 4 }))
  .map(([joins, frames]) => {
    const hello = joins
      ? [frame({ first: 0x81, masked: true, length: undefined, payload: Buffer.from(`4${connected}`) })]
      : [];
    const end = frame({ first: 0x88, masked: true, length: undefined, payload: Buffer.alloc(0) });
    return { kind: 'frames', first: opening, more: Buffer.concat([...hello, ...frames, end]).toString('latin1') };
  });
