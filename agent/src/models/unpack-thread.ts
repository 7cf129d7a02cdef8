// The worker thread's entry: unpacking is work without a pause, and the main thread has calls to serve.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { unpackTar } from 'modern-tar/fs';
import unbzip2 from 'unbzip2-stream';

/** Entries of an archive; eSpeak NG's data are some 400. */
const MAX_ENTRIES = 10_000;

export interface UnpackOrder {
  readonly archive: string;
  /** Where it goes. */
  readonly aside: string;
  /** The folder that everything in it is in. */
  readonly root: string;
  /** That come out of it at most. */
  readonly maxBytes: number;
}

/** What became of it. `disk`: nothing is wrong with the archive. */
export type Unpacked = { readonly ok: true } | { readonly ok: false; readonly message: string; readonly disk: boolean };

/** A path or a size that says that it is another archive than was meant. */
class Unwanted extends Error {}

async function unpackTo({ archive, aside, root, maxBytes }: UnpackOrder): Promise<void> {
  let entries = 0;
  let bytes = 0;
  const tar = unpackTar(aside, {
    dmode: 0o755,
    fmode: 0o644,
    filter: ({ name, type, size }) => {
      // Who builds such an archive means harm, or it is another: nothing of it is taken.
      const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
      if (parts.includes('..') || /^(?:[/\\]|[a-z]:)/i.test(name)) throw new Unwanted(`its path ${name} leads out`);
      if (parts[0] !== root) throw new Unwanted(`${name} is not in ${root}`);
      if (type !== 'file' && type !== 'directory') throw new Unwanted(`${name} is no file (${type})`);
      entries++;
      bytes += size;
      if (entries > MAX_ENTRIES || bytes > maxBytes) throw new Unwanted('it is larger than any model');
      // What macOS adds of its own.
      return !parts.some((part) => part.startsWith('._'));
    },
  });
  await pipeline(createReadStream(archive), unbzip2(), tar);
}

function whatWentWrong(error: unknown): Unpacked {
  const disk = ['ENOSPC', 'EACCES', 'EROFS', 'EIO', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
  const message = error instanceof Error ? error.message : String(error);
  return {
    ok: false,
    disk,
    message: disk || error instanceof Unwanted ? message : `it cannot be unpacked (${message})`,
  };
}

if (!parentPort) throw new Error('this module runs on a worker thread');
const told: Unpacked = await unpackTo(workerData as UnpackOrder).then(() => ({ ok: true }), whatWentWrong);
parentPort.postMessage(told);
