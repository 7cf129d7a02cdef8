import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type AppOverrides, createApp, type Started } from '../app.ts';
import { type Config, configSchema } from '../config/index.ts';
import { createLogger } from '../observe/index.ts';
import { TestClient } from './client.ts';
import { FakeHost } from './fake-host.ts';
import { Inbox } from './inbox.ts';

type Sections = { [Name in keyof Config]?: Partial<Config[Name]> };

export interface TestApp extends Started {
  readonly app: App;
  /** The fake agent hosts, as they are started. */
  readonly hosts: Inbox<FakeHost>;
  /** Parsed lines of the log. */
  readonly logged: Inbox<Record<string, unknown>>;
  client(options?: Parameters<typeof TestClient.connect>[1]): Promise<TestClient>;
  /** Disconnects the clients and closes the app. */
  close(): Promise<void>;
}

/** Nothing is kept where real servers keep it. */
const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));

/** The defaults on free ports of this machine. */
export const testConfig = (sections: Sections = {}): Config =>
  configSchema.parse({
    ...sections,
    server: { port: 0, dataDir, ...sections.server },
    media: { port: 0, listen: ['127.0.0.1'], ...sections.media },
    // An embedded database takes seconds to make: tests that want one say so.
    history: { enabled: false, ...sections.history },
    limits: { requestsPerSecond: 1000, requestBurst: 1000, ...sections.limits },
  });

/** The whole server with an agent host that is a double. */
export async function startTestApp(sections: Sections = {}, overrides: AppOverrides = {}): Promise<TestApp> {
  const hosts = new Inbox<FakeHost>();
  const logged = new Inbox<Record<string, unknown>>();
  const clients = new Set<TestClient>();
  const app = createApp(testConfig(sections), {
    startHost: async (options) => {
      const host = new FakeHost(options);
      hosts.put(host);
      return host;
    },
    log: createLogger({ level: 'debug', format: 'json' }, { write: (line: string) => logged.put(JSON.parse(line)) }),
    ...overrides,
  });
  const started = await app.listen();
  return {
    ...started,
    app,
    hosts,
    logged,
    async client(options) {
      const client = await TestClient.connect(started.url, options);
      clients.add(client);
      client.socket.once('disconnect', () => clients.delete(client));
      return client;
    },
    async close() {
      for (const client of [...clients]) client.close();
      await app.close();
    },
  };
}
