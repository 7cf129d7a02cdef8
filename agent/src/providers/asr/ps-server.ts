import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ProviderError } from '../../contracts/index.ts';
import { type Clock, raceAbort, systemClock } from '../../kernel/index.ts';
import type { Log } from '../log.ts';

/** Where PocketSphinx keeps a language. */
export interface PsModel {
  readonly hmm: string;
  readonly lm: string;
  readonly dict: string;
}

export interface PsServerOptions {
  /** The program built from `agent/native/ps_worker.c`. */
  readonly binary: string;
  readonly model: PsModel;
  readonly clock?: Clock;
  readonly log?: Log;
}

type State =
  | { readonly kind: 'loading'; readonly child: ChildProcess; readonly loaded: PromiseWithResolvers<void> }
  | { readonly kind: 'listening'; readonly child: ChildProcess }
  | { readonly kind: 'resting'; readonly cancel: () => void; readonly why: string }
  | { readonly kind: 'closed' };

const MODEL_ROOTS = ['/usr/share/pocketsphinx/model', '/usr/local/share/pocketsphinx/model'];
const FAST_FINALS = ['-fwdflat', 'no', '-maxhmmpf', '5000'];
const MEAN_AND_PARTIALS = ['-partial_ms', '200', '-cmn_ms', '700', '-cmn_every', '500'];
const LOAD_TIMEOUT_MS = 20_000;
const KILL_AFTER_MS = 1000;
/** Rest before each restart since the last good connection. The first is at once: crashes are rare and calls are on. */
const RESTS_MS = [0, 250, 1000, 4000, 15_000];

/** The installed English model, or undefined. */
export function findPsModel(roots: readonly string[] = MODEL_ROOTS): PsModel | undefined {
  for (const root of roots) {
    const folder = join(root, 'en-us');
    const model = {
      hmm: join(folder, 'en-us'),
      lm: join(folder, 'en-us.lm.bin'),
      dict: join(folder, 'cmudict-en-us.dict'),
    };
    if (Object.values(model).every((path) => existsSync(path))) return model;
  }
  return undefined;
}

/** The watched recogniser process: started again when it dies, with growing rests while it keeps dying. */
export class PsServer {
  readonly #options: PsServerOptions;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #state: State = { kind: 'closed' };
  #starts = 0;
  #deaths = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: PsServerOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? (() => {});
  }

  /** Resolves when the model is loaded. Throws ProviderError where it cannot be. */
  static async start(options: PsServerOptions, signal: AbortSignal): Promise<PsServer> {
    signal.throwIfAborted();
    const server = new PsServer(options, await mkdtemp(join(tmpdir(), 'parley-ps-')));
    try {
      await raceAbort(server.#spawn(), signal);
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Of the process that listens now. */
  get pid(): number | undefined {
    return 'child' in this.#state ? this.#state.child.pid : undefined;
  }

  /** A connection for one utterance. */
  async connect(signal: AbortSignal): Promise<Socket> {
    if (this.#state.kind === 'loading') await raceAbort(this.#state.loaded.promise, signal);
    signal.throwIfAborted();
    if (this.#state.kind !== 'listening')
      throw unavailable(this.#state.kind === 'resting' ? this.#state.why : 'closed');
    const socket = connect(this.#socketPath);
    try {
      await raceAbort(connected(socket), signal);
      this.#deaths = 0;
      return socket;
    } catch (error) {
      socket.destroy();
      signal.throwIfAborted();
      throw unavailable('it does not answer', { cause: error });
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  /** Each start has its own, so that none has to wait for the last one's to be removed. */
  get #socketPath(): string {
    return join(this.#folder, `${this.#starts}`);
  }

  #spawn(): Promise<void> {
    this.#starts++;
    const { hmm, lm, dict } = this.#options.model;
    const flags = ['-listen', this.#socketPath, ...MEAN_AND_PARTIALS, ...FAST_FINALS];
    const child = spawn(this.#options.binary, ['-hmm', hmm, '-lm', lm, '-dict', dict, ...flags], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const loaded = Promise.withResolvers<void>();
    loaded.promise.catch(() => {});
    this.#state = { kind: 'loading', child, loaded };

    let why = 'it ended';
    const cancelTimeout = this.#clock.after(LOAD_TIMEOUT_MS, () => {
      why = 'its model did not load in time';
      child.kill('SIGKILL');
    });
    child.stdin?.on('error', () => {});
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      cancelTimeout();
      const said = parseLine(line);
      if (said.t === 'error') why = said.message ?? why;
      else if (said.t === 'listening' && this.#state.kind === 'loading' && this.#state.child === child) {
        this.#state = { kind: 'listening', child };
        loaded.resolve();
      }
    });
    let gone = false;
    const onGone = (reason: string): void => {
      if (gone) return;
      gone = true;
      cancelTimeout();
      loaded.reject(unavailable(reason));
      this.#rest(reason);
    };
    child.once('error', (error) => onGone(error.message));
    child.once('close', (code, signal) => onGone(`${why} (${signal ?? `exit ${code}`})`));
    return loaded.promise;
  }

  #rest(why: string): void {
    if (this.#state.kind === 'closed') return;
    if (this.#starts === 1 && this.#state.kind === 'loading') {
      this.#state = { kind: 'closed' };
      return;
    }
    const ms = RESTS_MS[Math.min(this.#deaths, RESTS_MS.length - 1)] as number;
    this.#deaths++;
    this.#log('warn', `PocketSphinx stopped: ${why}; starting it again${ms > 0 ? ` in ${ms} ms` : ''}`);
    const again = (): void => void this.#spawn().catch(() => {});
    if (ms > 0) this.#state = { kind: 'resting', cancel: this.#clock.after(ms, again), why };
    else again();
  }

  async #shut(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'resting') state.cancel();
    if ('child' in state) await this.#stop(state.child);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #stop(child: ChildProcess): Promise<void> {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const cancel = this.#clock.after(KILL_AFTER_MS, () => child.kill('SIGKILL'));
    child.kill('SIGTERM');
    await closed;
    cancel();
  }
}

const unavailable = (why: string, options?: ErrorOptions): ProviderError =>
  ProviderError.unavailable('asr', `PocketSphinx is not available: ${why}`, options);

/** Empty for what is not ours to understand. */
export function parseLine(line: string): Record<string, string | undefined> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}

const connected = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
