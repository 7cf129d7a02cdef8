import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folder for what the server keeps, made where it is missing; for its owner's eyes only. */
export function dataFolder(dataDir: string): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const folder = dataDir ? resolve(dataDir) : join(state, 'parley');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
