import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const START_PATIENCE_MS = 30_000;

/** A folder of `examples/`, started with its one command: `npm start`. */
export class RunningExample {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** Resolves when it says where to open it. */
  static async start(name: string, env: Readonly<Record<string, string>>): Promise<RunningExample> {
    const child = spawn('npm', ['start'], {
      cwd: fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: npm has children.
      detached: true,
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk) => said.push(String(chunk)));
    const deadline = setTimeout(() => child.kill(), START_PATIENCE_MS);
    try {
      const url = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout }).on('line', (line) => {
          said.push(`${line}\n`);
          const [, found] = /^Open (\S+)$/.exec(line) ?? [];
          if (found) resolve(found);
        });
        child.once('exit', () => reject(new Error(`the example ${name} did not start:\n${said.join('')}`)));
      });
      return new RunningExample(child, url);
    } finally {
      clearTimeout(deadline);
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    process.kill(-this.#process.pid!, 'SIGTERM');
    await exited;
  }
}
