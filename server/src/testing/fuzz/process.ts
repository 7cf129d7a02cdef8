// The server in a process of its own, as users start it but for its engines, so that a crash is one. Tells its address,
// what it holds when it is asked, and everything that it logs; ends with the channel. Run with --expose-gc. Arguments:
// sections of the config as JSON.
import { readdirSync } from 'node:fs';
import { configSchema, createApp } from '../../index.ts';
import { createLogger } from '../../observe/index.ts';

/** What the server's process holds. */
export interface Held {
  /** Of JavaScript, after everything that can go has gone. */
  readonly heapBytes: number;
  /** Buffers and the like, which the heap only refers to. */
  readonly externalBytes: number;
  readonly rssBytes: number;
  /** Open files and sockets; 0 where the system does not tell. */
  readonly files: number;
  readonly threads: number;
  /** Timers, sockets and the like that keep the process alive, by kind. */
  readonly handles: Readonly<Record<string, number>>;
}

export type FromProcess = { readonly url: string } | { readonly held: Held } | { readonly line: string };

const tell = (message: FromProcess): void => void process.send?.(message);
const app = createApp(configSchema.parse(JSON.parse(process.argv[2] ?? '{}')), {
  hostModule: new URL('scripted-host.ts', import.meta.resolve('@parley/agent/testing')),
  log: createLogger({ level: 'info', format: 'json' }, { write: (line: string) => tell({ line }) }),
});

function held(): Held {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const entries = (folder: string): number =>
    process.platform === 'linux' ? readdirSync(`/proc/self/${folder}`).length : 0;
  return {
    heapBytes: heapUsed,
    externalBytes: external,
    rssBytes: rss,
    files: entries('fd'),
    threads: entries('task'),
    handles,
  };
}

process.on('message', () => tell({ held: held() }));
process.once('disconnect', async () => {
  await app.close();
  process.exit(0);
});
const { url } = await app.listen();
tell({ url });
