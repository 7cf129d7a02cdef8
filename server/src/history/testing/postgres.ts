import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where Debian puts the versions of PostgreSQL that are installed. */
const DEBIAN = '/usr/lib/postgresql';

/** Folder of its programs; undefined where this machine has none. */
export const postgresPrograms = (): string | undefined =>
  (existsSync(DEBIAN) ? readdirSync(DEBIAN) : [])
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));

/** A real PostgreSQL in a folder of its own, on a Unix socket: nobody else can reach it. */
export class TestPostgres {
  readonly #folder: string;
  readonly #programs: string;
  readonly #identity: Identity | undefined;
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(folder: string, programs: string, identity: Identity | undefined) {
    this.#folder = folder;
    this.#programs = programs;
    this.#identity = identity;
  }

  static async start(programs: string): Promise<TestPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-pg-'));
    const identity = unprivileged();
    if (identity) chownSync(folder, identity.uid, identity.gid);
    // The socket is in there, and the tests are another user.
    chmodSync(folder, 0o755);
    const data = join(folder, 'data');
    const args = ['-D', data, '-U', 'parley', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    const { status, stderr } = spawnSync(join(programs, 'initdb'), args, { ...identity, cwd: folder });
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
    const postgres = new TestPostgres(folder, programs, identity);
    await postgres.up();
    return postgres;
  }

  /** A fresh database in it. */
  create(): string {
    const name = `test_${this.#databases++}`;
    execFileSync(join(this.#programs, 'createdb'), ['-h', this.#folder, '-U', 'parley', name], { stdio: 'pipe' });
    return `postgres://parley@/${name}?host=${encodeURIComponent(this.#folder)}`;
  }

  async up(): Promise<void> {
    const options = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${this.#folder}`, '-c', 'fsync=off'];
    const server = spawn(join(this.#programs, 'postgres'), ['-D', join(this.#folder, 'data'), ...options], {
      ...this.#identity,
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = server;
    for await (const line of createInterface({ input: server.stderr! })) if (line.includes('ready to accept')) break;
    server.stderr?.resume();
    if (server.exitCode !== null) throw new Error('PostgreSQL did not start');
  }

  /** As when its machine is gone. */
  async down(): Promise<void> {
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    // Immediate shutdown, which its own processes survive no more than it does.
    server.kill('SIGQUIT');
    await exited;
  }

  async stop(): Promise<void> {
    await this.down();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses root. */
function unprivileged(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
