import { once } from 'node:events';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ModelFile } from './model.ts';
import { isThere, sizeOf, unpackedMark } from './places.ts';
import type { Unpacked, UnpackOrder } from './unpack-thread.ts';

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
  signal.throwIfAborted();
  const order: UnpackOrder = { archive, aside, root, maxBytes: sizeOf(archive) * MAX_GROWTH };
  const worker = new Worker(new URL('./unpack-thread.ts', import.meta.url), { name: 'unpack', workerData: order });
  try {
    const [told] = (await once(worker, 'message', { signal })) as [Unpacked];
    if (!told.ok) throw told.disk ? new Error(told.message) : new BadArchive(told.message);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}
