import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './server.ts';

const PROGRAM = '/usr/bin/turnserver';
const SETTINGS = fileURLToPath(new URL('../../deploy/coturn/turnserver.conf', import.meta.url));
const START_PATIENCE_MS = 10_000;

/** Debian's package coturn. */
export const hasCoturn = existsSync(PROGRAM);

/** A TURN server with the settings that are shipped, on this machine and for it alone. */
export class Coturn {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #said: string[];

  private constructor(process: ChildProcess, url: string, said: string[]) {
    this.#process = process;
    this.url = url;
    this.#said = said;
  }

  static async start(secret: string): Promise<Coturn> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'parley-turn-'));
    const child = spawn(PROGRAM, [
      ...['-c', SETTINGS, '--realm', 'parley.test', `--static-auth-secret=${secret}`, '--verbose'],
      ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port)],
      ...['--allow-loopback-peers', '--allowed-peer-ip', '127.0.0.1'],
      ...['--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db')],
    ]);
    const said: string[] = [];
    const coturn = new Coturn(child, `turn:127.0.0.1:${port}?transport=udp`, said);
    const deadline = setTimeout(() => child.kill(), START_PATIENCE_MS);
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        said.push(line);
        if (/IPv4\. UDP listener opened on: 127\.0\.0\.1/.test(line)) resolve();
      });
      child.once('exit', () => reject(new Error(`coturn did not start:\n${said.join('\n')}`)));
    });
    clearTimeout(deadline);
    return coturn;
  }

  /** The names of those who were let in. */
  get guests(): string[] {
    return this.#said.flatMap((line) => /new, realm=.*username=<([^>]+)>/.exec(line)?.[1] ?? []);
  }

  get output(): string {
    return this.#said.join('\n');
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }
}
