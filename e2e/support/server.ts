import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_PATIENCE_MS = 20_000;
const STOP_PATIENCE_MS = 8000;

/** The product as a user starts it: a process of its own, on free ports. */
export class RunningServer {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #output: string[];

  private constructor(process: ChildProcess, url: string, output: string[]) {
    this.#process = process;
    this.url = url;
    this.#output = output;
  }

  /** Resolves when the server is ready. Settings come by environment, as a user would give them. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
    const [port, mediaPort] = [await freePort(), await freePort()];
    const dataDir = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
    const child = spawn(process.execPath, [MAIN], {
      cwd: ROOT,
      env: {
        ...clean(process.env),
        PORT: String(port),
        PARLEY_MEDIA_PORT: String(mediaPort),
        PARLEY_MEDIA_WORKERS: '1',
        PARLEY_DATA: dataDir,
        // Making its database takes seconds of a core, beside a call whose time is measured.
        PARLEY_HISTORY_ENABLED: 'false',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(String(chunk)));
    const server = new RunningServer(child, `http://localhost:${port}`, output);
    await server.#ready();
    return server;
  }

  get output(): string {
    return this.#output.join('');
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGINT');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(timer);
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + START_PATIENCE_MS;
    while (performance.now() < deadline && this.#process.exitCode === null) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.stop();
    throw new Error(`the server did not become ready:\n${this.output}`);
  }
}

/** The tests' own environment must not bring engines along. */
function clean(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, NODE_OPTIONS, ...rest } = env;
  return rest;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
