import type { Clock } from '../kernel/index.ts';
import type { CatalogueModel } from './model.ts';
import { type Env, mirrorsOf } from './places.ts';

/** For each model that can be had: whether a place is one of those that have it. */
export type Reach = ReadonlyMap<CatalogueModel, (url: string) => boolean>;

/** All mirrors together have so long to answer, in ms: without a network it costs seconds. */
export const PROBE_MS = 3000;

/** Asks all places of these models at once whether they have them. Never rejects; of what is aborted nothing is reached. */
export async function probe(
  models: readonly CatalogueModel[],
  { env, signal, clock, ms = PROBE_MS }: { env: Env; signal: AbortSignal; clock: Clock; ms?: number },
): Promise<Reach> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  const cancel = clock.after(ms, onAbort);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) stop.abort();
  const reach = new Map<CatalogueModel, (url: string) => boolean>();
  await Promise.all(
    models.map(async (model) => {
      const [file] = model.files;
      const urls = file ? mirrorsOf(model, file, env) : [];
      const have = await Promise.all(urls.map((url) => has(url, stop.signal)));
      const origins = new Set(urls.filter((_, i) => have[i]).map(originOf));
      if (origins.size > 0) reach.set(model, (url) => origins.has(originOf(url)));
    }),
  );
  cancel();
  signal.removeEventListener('abort', onAbort);
  return reach;
}

async function has(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    // A hub sends on to where the bytes lie: that it does is enough.
    const { status } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    return status < 400;
  } catch {
    return false;
  }
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
