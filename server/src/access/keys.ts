import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AccessError } from './secret.ts';

const FILE = 'api-keys.json';
const KEY_BYTES = 32;

const entry = z.object({
  id: z.string(),
  name: z.string(),
  /** SHA-256 of the key, in hex; a key is random, so nothing slower is needed. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.iso.datetime(),
});
const file = z.object({ keys: z.array(entry) });

/** An API key, as it is kept: nobody can use it who reads it. */
export type KeptKey = z.output<typeof entry>;

/** Who sent a key. */
export interface KeyHolder {
  readonly id: string;
  readonly name: string;
}

export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Keys for the HTTP API, in a file of `folder`. A running server sees what another process changes. */
export class ApiKeys {
  readonly #path: string;
  readonly #given: readonly KeptKey[];
  #kept: readonly KeptKey[] = [];
  #readAt = '';

  /** `given`: hashes and keys of the configuration, by name. */
  constructor(folder: string, given: Readonly<Record<string, string>> = {}) {
    this.#path = join(folder, FILE);
    this.#given = Object.entries(given).map(([name, hash]) => ({ id: name, name, hash, createdAt: '' }));
  }

  /** The kept ones; those of the configuration are not among them. */
  get list(): readonly KeptKey[] {
    this.#refresh();
    return this.#kept;
  }

  /** The key is told this once. */
  create(name: string, now = new Date()): { key: string; kept: KeptKey } {
    const id = randomBytes(4).toString('hex');
    const key = `parley_${id}_${randomBytes(KEY_BYTES).toString('base64url')}`;
    const kept: KeptKey = { id, name, hash: hashOfKey(key), createdAt: now.toISOString() };
    this.#write([...this.list, kept]);
    return { key, kept };
  }

  /** False where there is none of this id. */
  revoke(id: string): boolean {
    const left = this.list.filter((each) => each.id !== id);
    if (left.length === this.#kept.length) return false;
    this.#write(left);
    return true;
  }

  /** Whose key this is; in the same time wherever it differs. */
  holderOf(key: string): KeyHolder | undefined {
    const digest = Buffer.from(hashOfKey(key), 'hex');
    let holder: KeyHolder | undefined;
    for (const { id, name, hash } of [...this.#given, ...this.list]) {
      if (timingSafeEqual(digest, Buffer.from(hash, 'hex'))) holder = { id, name };
    }
    return holder;
  }

  #refresh(): void {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    const version = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
    if (version === this.#readAt) return;
    this.#kept = stat ? this.#read() : [];
    this.#readAt = version;
  }

  #read(): readonly KeptKey[] {
    try {
      return file.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).keys;
    } catch (cause) {
      throw new AccessError(`The API keys in ${this.#path} cannot be read. Mend the file, or delete it.`, { cause });
    }
  }

  #write(keys: readonly KeptKey[]): void {
    const next = `${this.#path}.next`;
    writeFileSync(next, `${JSON.stringify({ keys }, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.#path);
    this.#refresh();
  }
}
