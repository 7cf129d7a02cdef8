// Requests over HTTP that do not fit, made from the server's own OpenAPI document.
import fc from 'fast-check';
import { fitting } from './fitting.ts';
import { ODD_KEYS, ODD_NUMBERS, ODD_STRINGS } from './oddities.ts';
import type { JsonSchema } from './schema.ts';
import { spoilt } from './spoilt.ts';

/** An operation, with the schemas of what it takes. */
export interface FuzzOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly guarded: boolean;
  readonly statuses: readonly number[];
  readonly query: Readonly<Record<string, JsonSchema>>;
  readonly body: JsonSchema | undefined;
}

/** What is sent. In the path, {room} and the like are replaced by `params`; @ stands for what is known only then. */
export interface FuzzRequest {
  readonly kind: string;
  readonly operation: FuzzOperation;
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is; absent for none. */
  readonly body: string | undefined;
  /** What the body says as JSON, where that is of interest. */
  readonly message?: unknown;
}

const PARAMS = ['@room', '@over', 'nowhere', '00000000-0000-4000-8000-000000000000', 'fake:anna'];
const METHODS = ['PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'SEARCH', 'QUERY'];
const TYPES = [
  '',
  'text/plain',
  'text/html',
  'application/xml',
  'application/json; charset=utf-7',
  'application/jsonx',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  '*/*',
  'json',
  ';',
  'application/json;;;=',
  'application/octet-stream',
  'application/problem+json',
];
const json = { 'content-type': 'application/json' };

/** Bodies that are no JSON, or such as programs read differently. */
const BROKEN = [
  '',
  ' ',
  '{',
  '}',
  '[',
  '{"a":',
  '{"a":1,}',
  "{'a':1}",
  '{a:1}',
  '[1,]',
  'NaN',
  '{"text":NaN}',
  '{"text":Infinity}',
  '-',
  '01',
  '1e',
  '"',
  '"\\x"',
  '"\\ud800"',
  '\ufeff{}',
  '{}{}',
  '{} x',
  '// c\n{}',
  '/**/{}',
  'undefined',
  '\0',
  '{"text":"a\nb"}',
  '{"text":"a\u0001b"}',
  '{"__proto__":{"admin":true}}',
  '{"text":"x","__proto__":{"text":"y"}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"text":"x","text":1}',
  '<a/>',
  'a=b&c=d',
  'null',
  '1',
  '"text"',
  'true',
  '[]',
];

export function fuzzRequests(operations: readonly FuzzOperation[]): Record<string, fc.Arbitrary<FuzzRequest>> {
  const withBody = operations.filter(({ body }) => body !== undefined);
  const withParams = operations.filter(({ path }) => path.includes('{'));
  const withQuery = operations.filter(({ query }) => Object.keys(query).length > 0);
  const usual = (kind: string, operation: FuzzOperation, param = '@room'): FuzzRequest => {
    const params = Object.fromEntries([...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, param]));
    return { kind, operation, method: operation.method, params, query: [], headers: {}, body: undefined };
  };
  const param = fc.constantFrom(...PARAMS);
  const odd = fc.oneof(
    fc.constantFrom(...ODD_STRINGS, ...ODD_KEYS, ...ODD_NUMBERS.map(String)),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(64, 65, 200, 201, 256, 257, 3000).map((times) => 'x'.repeat(times)),
  );

  const bodies = fc.oneof(
    ...withBody.map((operation) =>
      fc
        .tuple(spoilt(operation.body ?? {}, { known: { room: ['@room', '@over', 'lobby'] } }), param)
        .map(([message, name]) => ({
          ...usual('bodies', operation, name),
          headers: json,
          body: JSON.stringify(message) ?? '',
          message,
        })),
    ),
  );
  const broken = fc
    .record({
      operation: fc.constantFrom(...withBody),
      text: fc.oneof(
        fc.constantFrom(...BROKEN),
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.constantFrom(20, 9000, 90_000).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
        fc.constantFrom(9000).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
      ),
      cut: fc.option(fc.tuple(fc.constantFrom(...withBody), fc.nat(500))),
      type: fc.oneof(
        { weight: 3, arbitrary: fc.constant('application/json') },
        { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
      ),
    })
    .chain(({ operation, text, cut, type }) => {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      const made = (body: string): FuzzRequest => ({ ...usual('broken JSON', operation), headers, body });
      if (!cut) return fc.constant(made(text));
      return fitting(operation.body ?? {}).map((value) => {
        const whole = JSON.stringify(value);
        return made(whole.slice(0, Math.max(1, cut[1] % whole.length)));
      });
    });
  const params = fc
    .record({ operation: fc.constantFrom(...withParams), name: odd })
    .map(({ operation, name }) => usual('params', operation, name));
  const queries = fc
    .record({
      operation: fc.constantFrom(...withQuery),
      others: fc.array(fc.tuple(fc.constantFrom(...ODD_KEYS, 'limit[]', 'q[$gt]', 'limit'), odd), { maxLength: 2 }),
    })
    .chain(({ operation, others }) => {
      const value = (schema: JsonSchema): fc.Arbitrary<string> => fc.oneof(odd, searches, fitting(schema).map(String));
      const fields = fc.record(
        Object.fromEntries(Object.entries(operation.query).map(([name, schema]) => [name, value(schema)])),
        { requiredKeys: [] },
      );
      return fields.map((query) => {
        const given = Object.entries(query as Record<string, string>);
        return { ...usual('queries', operation), query: [...given, ...others] };
      });
    });
  const headers = fc
    .record({
      operation: fc.constantFrom(...operations),
      headers: oddHeaders,
      method: fc.option(fc.constantFrom(...METHODS), { freq: 4 }),
    })
    .map(({ operation, headers, method }) => ({
      ...usual('headers and methods', operation),
      headers,
      method: method ?? operation.method,
    }));
  return { bodies, 'broken JSON': broken, params, queries, 'headers and methods': headers };
}

/** Such as a search engine reads as more than words. */
const searches = fc
  .array(
    fc.constantFrom(
      '"',
      '-',
      "'",
      '&',
      '|',
      '!',
      '(',
      ')',
      ':*',
      '<->',
      '\\',
      '%',
      '_',
      'a',
      'order',
      ' ',
      '--',
      ';',
      '$1',
      'é',
      '\u202e',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** Node's client sends visible characters only; the others go over the wire raw. */
const visible = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'origin',
    'x-forwarded-for',
    'x-forwarded-host',
    'range',
    'if-none-match',
    'if-modified-since',
    'accept',
    'accept-encoding',
    'accept-version',
    'cookie',
    'sec-fetch-site',
    'expect',
    'x-http-method-override',
    'content-type',
    'content-encoding',
    'upgrade-insecure-requests',
    'x-original-url',
    'forwarded',
  ),
  fc.oneof(
    visible,
    fc.constantFrom(
      'null',
      '*',
      '127.0.0.1',
      '::1',
      'cross-site',
      'bytes=9-1',
      'bytes=0-0,5-',
      'gzip;q=x',
      '100-continue',
      '1.2.3.4, 127.0.0.1',
    ),
    fc.constantFrom(3000).map((times) => 'x'.repeat(times)),
  ),
  { maxKeys: 4, noNullPrototype: true },
);
