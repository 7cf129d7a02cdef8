import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shortest secret that is taken, in characters. */
export const SHORTEST_SECRET = 32;
const SECRET_BYTES = 32;
const FILE = 'secret';

/** Access cannot be kept: the message says of what and what to do. */
export class AccessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AccessError';
  }
}

/** The secret that is kept in `folder`, made at the first start; for its owner's eyes only. Throws an AccessError. */
export function keptSecret(folder: string): string {
  const path = join(folder, FILE);
  try {
    // Two servers that start at once agree on the one that was first.
    writeFileSync(path, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unkept(path, 'written', cause);
  }
  try {
    if (statSync(path).mode & 0o077) chmodSync(path, 0o600);
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length >= SHORTEST_SECRET) return secret;
  } catch (cause) {
    throw unkept(path, 'read', cause);
  }
  throw new AccessError(`The secret in ${path} is too short. Delete the file, and the next start makes another.`);
}

const unkept = (path: string, what: string, cause: unknown): AccessError =>
  new AccessError(
    `The server's secret ${path} cannot be ${what} (${(cause as NodeJS.ErrnoException).code}).\n` +
      'Let this user own the folder, choose another one (PARLEY_DATA), or give the secret yourself (PARLEY_SECRET).',
    { cause },
  );
