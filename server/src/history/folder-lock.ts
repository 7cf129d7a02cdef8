import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseFailure } from './database.ts';

/** Longest path of a Unix socket, in bytes, on the system that allows the least. */
const LONGEST_PATH = 100;

/**
 * Keeps a second server out of a folder. The lock is a socket that somebody listens on: it ends with its process
 * however that dies, and holds between containers that share a volume, where process ids mean nothing.
 */
export class FolderLock {
  readonly #server: Server;
  #closing: Promise<void> | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects with `in-use` while another process has it. */
  static async take(folder: string): Promise<FolderLock> {
    const address = addressOf(folder);
    if (await answers(address)) throw inUse(folder);
    // Left by a process that was killed.
    if (process.platform !== 'win32') rmSync(address, { force: true });
    const server = createServer((socket) => socket.destroy()).unref();
    try {
      server.listen(address);
      await once(server, 'listening');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') throw inUse(folder);
      throw new DatabaseFailure('unavailable', `the folder ${folder} cannot be locked`, { cause });
    }
    return new FolderLock(server);
  }

  release(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => this.#server.close(() => resolve())));
  }
}

const inUse = (folder: string): DatabaseFailure =>
  new DatabaseFailure(
    'in-use',
    `another server keeps its history in ${folder}: give this one a folder of its own (PARLEY_DATA), ` +
      'or let both share a PostgreSQL (DATABASE_URL)',
  );

function addressOf(folder: string): string {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\parley-history-${hash}`;
  const inside = join(folder, 'lock.sock');
  return Buffer.byteLength(inside) <= LONGEST_PATH ? inside : join(tmpdir(), `parley-history-${hash}.sock`);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const tell = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });
}
