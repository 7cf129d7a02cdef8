import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Logger } from '../observe/index.ts';

const FILE = 'webhooks.jsonl';
/** The file is written anew when so many lines of it say nothing any more. */
const MAX_STALE = 1000;

const delivery = z.object({
  /** Of this event to this address. */
  key: z.string(),
  /** Of the event. */
  id: z.string(),
  type: z.string(),
  url: z.string(),
  secret: z.string(),
  body: z.string(),
  /** When it happened, in ms since 1970. */
  at: z.number(),
});
const line = z.union([z.object({ put: delivery }), z.object({ done: z.string() })]);

/** One event on its way to one address. */
export type Delivery = z.output<typeof delivery>;

export interface SpoolOptions {
  readonly folder: string;
  /** Bound of what waits. The oldest makes room for more. */
  readonly maxPending: number;
  readonly onDropped: (delivery: Delivery) => void;
  readonly log: Logger;
}

/**
 * What is to be delivered, on disk until it is: an append-only file, for its owner's eyes as it holds the secrets that
 * sign. Writes are synchronous, a few hundred bytes an event: after the call the event outlives the process.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #pending: Map<string, Delivery>;
  #file: number | undefined;
  #stale = 0;

  private constructor(options: SpoolOptions, pending: Map<string, Delivery>) {
    this.#options = options;
    this.#pending = pending;
  }

  static open(options: SpoolOptions): Spool {
    const spool = new Spool(options, readPending(join(options.folder, FILE)));
    spool.#bound();
    spool.#rewrite();
    return spool;
  }

  /** Oldest first. */
  get pending(): readonly Delivery[] {
    return [...this.#pending.values()];
  }

  get size(): number {
    return this.#pending.size;
  }

  has({ key }: Delivery): boolean {
    return this.#pending.has(key);
  }

  put(delivery: Delivery): void {
    this.#pending.set(delivery.key, delivery);
    this.#append({ put: delivery });
    this.#bound();
  }

  /** Delivered, or given up. */
  done({ key }: Delivery): void {
    if (!this.#pending.delete(key)) return;
    this.#append({ done: key });
    this.#stale += 2;
    if (this.#stale > MAX_STALE) this.#rewrite();
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #bound(): void {
    const { maxPending, onDropped } = this.#options;
    for (const delivery of this.#pending.values()) {
      if (this.#pending.size <= maxPending) break;
      this.done(delivery);
      onDropped(delivery);
    }
  }

  #append(entry: z.input<typeof line>): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      this.#options.log.error(
        { err: error },
        'webhook events cannot be stored: those that wait are lost with a restart',
      );
    }
  }

  /** What waits, and nothing else; in place at once, or not at all. */
  #rewrite(): void {
    const path = join(this.#options.folder, FILE);
    const next = `${path}.new`;
    try {
      const file = openSync(next, 'w', 0o600);
      for (const put of this.#pending.values()) writeSync(file, `${JSON.stringify({ put })}\n`);
      renameSync(next, path);
      this.close();
      this.#file = file;
      this.#stale = 0;
    } catch (error) {
      this.#options.log.error({ err: error, path }, 'webhook events cannot be stored: is the disk full?');
    }
  }
}

/** A line that the process did not finish writing is passed over. */
function readPending(path: string): Map<string, Delivery> {
  const pending = new Map<string, Delivery>();
  for (const text of readOptional(path).split('\n')) {
    const { data } = line.safeParse(parsed(text));
    if (!data) continue;
    if ('put' in data) pending.set(data.put.key, data.put);
    else pending.delete(data.done);
  }
  return pending;
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
