import { availableParallelism } from 'node:os';
import * as mediasoup from 'mediasoup';
import type { Clock, Logger } from '../observe/index.ts';
import { Pool } from '../supervise/index.ts';
import { routerCodecs } from './codecs.ts';
import { MediaError } from './errors.ts';
import { RoomRouter } from './router.ts';
import { MediaWorker, type WorkerOptions } from './worker.ts';

export interface MediaOptions extends WorkerOptions {
  /** How many, `auto` for one for each core. Worker n listens on `port` + n. */
  readonly workers: number | 'auto';
}

export interface MediaHooks {
  readonly log: Logger;
  readonly clock?: Clock;
  onDeath?(): void;
  /** Another kind of router, for callers who come by other ways (the bench's plain RTP). */
  readonly makeRouter?: MakeRouter | undefined;
}

export type MakeRouter = (...parts: ConstructorParameters<typeof RoomRouter>) => RoomRouter;

/** All media workers: rooms go to the least loaded one. */
export class MediaWorkers {
  readonly #pool: Pool<MediaWorker>;
  readonly #log: Logger;
  readonly #makeRouter: MakeRouter;

  constructor({ workers, port, listen, logLevel }: MediaOptions, { log, clock, onDeath, makeRouter }: MediaHooks) {
    this.#log = log;
    this.#makeRouter = makeRouter ?? ((...parts) => new RoomRouter(...parts));
    this.#pool = new Pool({
      what: 'a media worker',
      size: workers === 'auto' ? availableParallelism() : workers,
      launch: (index) => MediaWorker.start({ port: port === 0 ? 0 : port + index, listen, logLevel }),
      onDeath,
      log,
      clock,
    });
  }

  /** Workers that are alive. */
  get alive(): number {
    return this.#pool.members.length;
  }

  get ready(): boolean {
    return this.#pool.complete;
  }

  /** Where the living workers listen. */
  get ports(): readonly number[] {
    return this.#pool.members.map(({ port }) => port);
  }

  /** Process ids, for people who watch and for tests that kill. */
  get pids(): readonly number[] {
    return this.#pool.members.map(({ pid }) => pid);
  }

  /** Throws a MediaError that says why a worker cannot start. */
  start(): Promise<void> {
    const log = this.#log;
    mediasoup.setLogEventListeners({
      onwarn: (namespace, message) => log.debug({ namespace }, message),
      onerror: (namespace, message, error) => log.warn({ namespace, err: error }, message),
    });
    return this.#pool.start();
  }

  /** For a new room, whose callers know Opus by this payload type; waits where every worker is being started again. */
  async createRouter(opusPayloadType?: number): Promise<RoomRouter> {
    const router = await this.#pool.place(async (worker) =>
      this.#makeRouter(await worker.createRouter(routerCodecs(opusPayloadType)), worker.webRtcServer),
    );
    if (!router) throw new MediaError('unavailable', 'no media worker is alive');
    return router;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
