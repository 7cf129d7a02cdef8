import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp, type TestApp } from '../../testing/app.ts';
import { FakeHost } from '../../testing/fake-host.ts';
import { type Operation, operationsOf } from './operations.ts';

/** An API key of the houses that want one. */
export const KEY = 'open sesame';
/** Of the account whose calls the house `telephone` takes. */
export const AUTH_TOKEN = 'a token of a Twilio account';
/** What the demo of the house `demo` asks for. */
export const PASSPHRASE = 'three small words';

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-api-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Servers to ask, each started when it is first asked. */
const HOUSES = {
  /** All engines of a test, no key for this machine. */
  usual: () => startTestApp(),
  /** Reached through a proxy: whoever asks needs a key, and may ask once a minute. */
  strict: () =>
    startTestApp({ server: { apiToken: KEY, trustProxy: 1 }, limits: { requestsPerMinute: 1, requestsPerSecond: 1 } }),
  /** About to end. */
  draining: async () => {
    const house = await startTestApp();
    await house.app.drain(0, new AbortController().signal);
    return house;
  },
  /** Its speech engine does not answer. */
  mute: () =>
    startTestApp(
      {},
      {
        startHost: async (options) =>
          Object.assign(new FakeHost(options), { voices: () => Promise.reject(new Error('no engine')) }),
      },
    ),
  /** Keeps calls, in a database of its own. */
  keeping: () => startTestApp({ server: { dataDir: freshFolder() }, history: { enabled: true } }),
  /** Cannot reach its database. */
  forgetful: () =>
    startTestApp({
      server: { dataDir: freshFolder() },
      history: { enabled: true, databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' },
    }),
  /** Takes the telephone calls of an account. */
  telephone: () => startTestApp({ telephony: { twilio: { authToken: AUTH_TOKEN } } }),
  /** Others can reach it: the demo asks for a passphrase. */
  demo: () => startTestApp({ access: { bind: '0.0.0.0', demoPassphrase: PASSPHRASE } }),
} as const;
export type HouseName = keyof typeof HOUSES;

/** What is sent: `params` fill the path. */
export interface Sent {
  readonly house?: HouseName;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON where it is no text. */
  readonly body?: unknown;
}

/** Brings about one answer of one operation. */
export interface Provocation {
  readonly operation: string;
  readonly status: number;
  readonly send: (probe: ApiProbe) => Sent | Promise<Sent>;
}

export const provoke = (operation: string, status: number, send: Provocation['send']): Provocation => ({
  operation,
  status,
  send,
});

/** Asks the API as its own document describes it, and keeps what was seen. */
export class ApiProbe {
  readonly operations: readonly Operation[];
  readonly #houses = new Map<HouseName, Promise<TestApp>>();
  readonly #seen = new Set<string>();

  private constructor(operations: readonly Operation[]) {
    this.operations = operations;
  }

  static async start(): Promise<ApiProbe> {
    const house = await startTestApp();
    const document = await (await fetch(`${house.url}/openapi.json`)).json();
    await house.close();
    return new ApiProbe(operationsOf(document));
  }

  /** The same one each time. */
  house(name: HouseName): Promise<TestApp> {
    const house = this.#houses.get(name) ?? HOUSES[name]();
    this.#houses.set(name, house);
    return house;
  }

  async host(name: HouseName = 'usual'): Promise<FakeHost> {
    const { hosts } = await this.house(name);
    const host = await hosts.next();
    hosts.put(host);
    return host;
  }

  find(id: string): Operation {
    const operation = this.operations.find((each) => each.id === id);
    if (!operation) throw new Error(`the document has no operation ${id}`);
    return operation;
  }

  /** The answer; throws where the document does not tell of it. */
  async ask(id: string, { house = 'usual', params = {}, query, headers = {}, body }: Sent): Promise<Response> {
    const { method, path, responses } = this.find(id);
    const { url } = await this.house(house);
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'nowhere'));
    const answer = await fetch(`${url}${filled}${query ? `?${new URLSearchParams(query)}` : ''}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const types = responses.get(answer.status);
    const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
    if (!types) throw new Error(`${id} answers ${answer.status}, of which the document knows nothing`);
    if (type !== '' && !types.includes(type)) throw new Error(`${id} answers ${answer.status} with ${type}: ${types}`);
    this.#seen.add(`${id} ${answer.status}`);
    return answer;
  }

  /** What the document promises and nobody has provoked. */
  get unseen(): readonly string[] {
    return this.operations
      .flatMap(({ id, responses }) => [...responses.keys()].map((status) => `${id} ${status}`))
      .filter((pair) => !this.#seen.has(pair));
  }

  async close(): Promise<void> {
    for (const house of this.#houses.values()) await (await house).close();
  }
}
