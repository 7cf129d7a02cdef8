// Requests that are none, or nearly: what no client library of HTTP would send.
import fc from 'fast-check';
import { ODD_STRINGS } from './oddities.ts';
import type { Bytes } from './wire.ts';

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
export const UPGRADE = `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n`;
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
      first: `GET ${path}${path.includes('?') ? `&${search}` : ''} HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: ${version}\r\n\r\n`,
    })),
);
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'latin1').toString('latin1'));
}

export const rawRequests: fc.Arbitrary<Bytes> = fc.oneof(lines, headers, truncated, noise, engine);
