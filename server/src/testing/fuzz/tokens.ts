import fc from 'fast-check';
import { SignJWT } from 'jose';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { room: 'lobby', sub: 'eve', grants: ['publish'], iss: 'parley', aud: 'parley-join', exp: 4e9 };
const HEADERS = [
  { alg: 'none' },
  { alg: 'None', typ: 'JWT' },
  { alg: 'HS256', kid: '../../../../dev/null' },
  { alg: 'HS256', crit: ['exp'] },
  { alg: 'HS256', b64: false, crit: ['b64'] },
  { alg: 'HS512' },
  { alg: 'RS256', jku: 'http://127.0.0.1:9/keys' },
  { alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } },
  { alg: 'dir', enc: 'A256GCM' },
  { alg: ['HS256'] },
  { alg: { toString: 1 } },
  { alg: 'HS256', __proto__: null },
  'HS256',
  null,
];

const encoder = new TextEncoder();
const FORGED = await Promise.all(
  [{}, { exp: 1 }, { nbf: 4e9 }, { grants: 'all' }].map((change) =>
    new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'HS256' }).sign(encoder.encode('k'.repeat(32))),
  ),
);

/** Tokens that open nothing: forged, old, for others, changed, cut, and such as are none. */
export function badTokens(good: string): fc.Arbitrary<string> {
  const [head = '', body = '', signature = ''] = good.split('.');
  const unsigned = HEADERS.flatMap((header) => [
    `${part(header)}.${part(claims)}.`,
    `${part(header)}.${body}.${signature}`,
  ]);
  const others = [
    '',
    '.',
    '..',
    '...',
    'null',
    `${good}.`,
    `.${good}`,
    `${head}.${body}`,
    `${head}.${body}.`,
    `${head}..${signature}`,
  ];
  const wide = [`${'A'.repeat(4090)}.a.b`, `${head}.${part({ ...claims, room: 'x'.repeat(2500) })}.${signature}`];
  return fc.oneof(
    fc.constantFrom(...FORGED, ...unsigned, ...others, ...wide),
    changed(good),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );
}

/** Authorizations that are none, as Node's client lets them out. */
export const badKeys = (good: string, token: string): fc.Arbitrary<string> =>
  fc
    .oneof(
      changed(good).map((key) => `Bearer ${key}`),
      badTokens(token).map((key) => `Bearer ${key}`),
      fc.constantFrom(
        '',
        'Bearer',
        'Bearer ',
        good,
        `Basic ${good}`,
        `Bearer ${good} ${good}`,
        `Bearer,${good}`,
        `Bearer "${good}"`,
        `Bearer\t${good}`,
        `Bearer ${good},`,
        `Bearer ${token}`,
      ),
      fc.string({ unit: 'binary', maxLength: 100 }),
    )
    .map((value) => value.replace(/[^\x20-\x7e\t]/g, '').trim());

/** Cut, or with one character that is another one; the last one of base64 may hold bits that say nothing. */
const changed = (good: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.nat(good.length - 1).map((length) => good.slice(0, length)),
    fc.tuple(fc.nat(good.length - 3), fc.constantFrom('A', '_', '=', '+', ' ', '\0', 'é', '.')).map(([at, by]) => {
      const other = good[at] === by ? '-' : by;
      return `${good.slice(0, at)}${other}${good.slice(at + 1)}`;
    }),
  );
