import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unpackTar } from 'modern-tar/fs';
import unbzip2 from 'unbzip2-stream';
import type { ModelFile } from './model.ts';
import { isThere, sizeOf, unpackedMark } from './places.ts';

/** Entries of an archive; eSpeak NG's data are some 400. */
const MAX_ENTRIES = 10_000;
/** Bytes that come out of one for each that goes in; models hardly shrink. */
const MAX_GROWTH = 20;

/** An archive is not what it should be: broken, without its files, or with paths that lead out of its folder. */
export class BadArchive extends Error {
  override readonly name = 'BadArchive';
}

/**
 * Puts the content of an archive in the archive's place. It is unpacked aside, moved when it is whole, and marked when
 * all is moved: what was interrupted is begun again, and nobody takes half of it for a model. Throws BadArchive.
 */
export async function unpack(file: ModelFile, folder: string, signal: AbortSignal): Promise<void> {
  const { unpacks, name } = file;
  if (!unpacks) throw new TypeError(`${name} is no archive`);
  const archive = join(folder, name);
  const aside = join(folder, `${name}.unpacking`);
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  try {
    await unpackAside(archive, aside, unpacks.root, signal);
    const content = join(aside, unpacks.root);
    const lacking = unpacks.holds.find((path) => sizeOf(join(content, path)) === 0);
    if (lacking !== undefined) throw new BadArchive(`${name} has no ${unpacks.root}/${lacking}`);
    for (const entry of await readdir(content)) {
      await rm(join(folder, entry), { recursive: true, force: true });
      await rename(join(content, entry), join(folder, entry));
    }
    await writeFile(join(folder, unpackedMark(file)), '');
    await rm(archive);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  if (!isThere(file, folder)) throw new BadArchive(`${name} could not be unpacked into ${folder}`);
}

async function unpackAside(archive: string, aside: string, root: string, signal: AbortSignal): Promise<void> {
  let entries = 0;
  let bytes = 0;
  const most = sizeOf(archive) * MAX_GROWTH;
  const tar = unpackTar(aside, {
    dmode: 0o755,
    fmode: 0o644,
    filter: ({ name, type, size }) => {
      // Who builds such an archive means harm, or it is another: nothing of it is taken.
      const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
      if (parts.includes('..') || /^(?:[/\\]|[a-z]:)/i.test(name)) throw new BadArchive(`its path ${name} leads out`);
      if (parts[0] !== root) throw new BadArchive(`${name} is not in ${root}`);
      if (type !== 'file' && type !== 'directory') throw new BadArchive(`${name} is no file (${type})`);
      entries++;
      bytes += size;
      if (entries > MAX_ENTRIES || bytes > most) throw new BadArchive('it is larger than any model');
      // What macOS adds of its own.
      return !parts.some((part) => part.startsWith('._'));
    },
  });
  try {
    await pipeline(createReadStream(archive), unbzip2(), tar, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof BadArchive || isOfTheDisk(cause)) throw cause;
    throw new BadArchive(`it cannot be unpacked (${cause instanceof Error ? cause.message : cause})`, { cause });
  }
}

const isOfTheDisk = (error: unknown): boolean =>
  ['ENOSPC', 'EACCES', 'EROFS', 'EIO', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
