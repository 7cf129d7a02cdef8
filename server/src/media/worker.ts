import * as mediasoup from 'mediasoup';
import type { Router, RtpCodecCapability, WebRtcServer, Worker } from 'mediasoup/types';
import { MediaError } from './errors.ts';
import { isAnyAddress, listenInfos } from './listen.ts';

export interface WorkerOptions {
  /** UDP and TCP; 0 for any free port. */
  readonly port: number;
  /** Addresses to listen on; IPv6 ones are left out where the machine has no IPv6. */
  readonly listen: readonly string[];
  readonly logLevel: 'debug' | 'warn' | 'error' | 'none';
}

/** A worker that does not leave in this time is killed, in ms. */
const EXIT_PATIENCE_MS = 2000;

/** One mediasoup process with its one port for all browsers. */
export class MediaWorker {
  readonly webRtcServer: WebRtcServer;
  readonly port: number;
  readonly #worker: Worker;
  #routers = 0;
  #closing: Promise<void> | undefined;

  private constructor(worker: Worker, webRtcServer: WebRtcServer, port: number) {
    this.#worker = worker;
    this.webRtcServer = webRtcServer;
    this.port = port;
  }

  static async start(options: WorkerOptions): Promise<MediaWorker> {
    const worker = await mediasoup.createWorker({ logLevel: options.logLevel }).catch((error) => {
      throw startFailure(error);
    });
    leaveSignalsToUs(worker);
    try {
      const webRtcServer = await bind(worker, options);
      const { udpSockets, tcpServers } = await webRtcServer.dump();
      return new MediaWorker(worker, webRtcServer, udpSockets[0]?.port ?? tcpServers[0]?.port ?? options.port);
    } catch (error) {
      worker.close();
      throw bindFailure(error, options.port);
    }
  }

  get pid(): number {
    return this.#worker.pid;
  }

  /** Rooms that live here. */
  get load(): number {
    return this.#routers;
  }

  /** Called at once where it is dead already. */
  onDeath(fn: (error: Error) => void): void {
    if (this.#worker.died) fn(new Error(`media worker ${this.pid} died`));
    else this.#worker.once('died', fn);
  }

  async createRouter(mediaCodecs: RtpCodecCapability[]): Promise<Router> {
    // Counted before it is there, or rooms that open together would all choose this worker.
    this.#routers += 1;
    try {
      const router = await this.#worker.createRouter({ mediaCodecs });
      router.observer.once('close', () => {
        this.#routers -= 1;
      });
      return router;
    } catch (cause) {
      this.#routers -= 1;
      throw new MediaError('unavailable', 'the media worker is gone', { cause });
    }
  }

  /** Resolves when the process has left, so that its port is free again. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  #shut(): Promise<void> {
    const worker = this.#worker;
    if (worker.subprocessClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => process.kill(worker.pid, 'SIGKILL'), EXIT_PATIENCE_MS);
      worker.once('subprocessclose', () => {
        clearTimeout(timer);
        resolve();
      });
      worker.close();
    });
  }
}

/** mediasoup would close its workers on a signal, and with them the calls that may still go on for a while. */
function leaveSignalsToUs(worker: Worker): void {
  const { onSignal } = worker as unknown as { readonly onSignal: () => void };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
}

/** An address may be listed before it can be used (IPv6 just after the network came up): then without single ones. */
async function bind(worker: Worker, options: WorkerOptions): Promise<WebRtcServer> {
  try {
    return await worker.createWebRtcServer({ listenInfos: listenInfos(options) });
  } catch (error) {
    if (!options.listen.some(isAnyAddress) || isInUse(error)) throw error;
    return worker.createWebRtcServer({ listenInfos: listenInfos(options, undefined, 0) });
  }
}

// mediasoup passes the worker's words on and nothing to branch on.
const isInUse = (error: unknown): boolean => error instanceof Error && /address already in use/.test(error.message);

function startFailure(error: Error): MediaError {
  const missing = /ENOENT|EACCES/.test(error.message);
  return missing
    ? new MediaError('no-worker-binary', `the mediasoup worker program is missing (${error.message})`, { cause: error })
    : new MediaError('unavailable', `the mediasoup worker did not start (${error.message})`, { cause: error });
}

function bindFailure(cause: unknown, port: number): MediaError {
  if (isInUse(cause))
    return new MediaError('port-in-use', `media port ${port} is in use by another program`, { cause });
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new MediaError('address-unavailable', `cannot listen for media on port ${port}: ${detail}`, { cause });
}
