import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type * as z from 'zod';
import { ProviderError, type ServedStage } from '../../contracts/index.ts';
import { type Clock, raceAbort, systemClock } from '../../kernel/index.ts';
import type { Log } from '../log.ts';
import { EngineUnavailable } from '../unavailable.ts';

/** From a child: that it is loaded, that it cannot be, or about one request. */
export type ChildAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: string; readonly id: number };
type About<Answer> = Extract<Answer, { id: number }>;
type Ready<Answer> = Extract<Answer, { type: 'ready' }>;

export interface ChildServerOptions<Request, Answer extends ChildAnswer> {
  readonly stage: ServedStage;
  /** Its name in the settings, and what people call it. */
  readonly engine: string;
  readonly title: string;
  /** The child's program. */
  readonly entry: string;
  /** The first message of each of its lives, which makes it load its model. */
  readonly load: Request;
  readonly answers: z.ZodType<Answer>;
  /** The last of its request. */
  readonly isLast: (answer: About<Answer>) => boolean;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Who made a request. `failed` comes at most once, and nothing after it. */
export interface Asker<Answer> {
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: ProviderError) => void;
}

/** One request's way to the child. */
export interface Line<Request> {
  readonly id: number;
  send(request: Request): void;
  /** Cancels what is not answered yet. */
  close(): void;
}

type State<Facts> =
  | { readonly kind: 'loading'; readonly child: ChildProcess; readonly loaded: PromiseWithResolvers<Facts> }
  | { readonly kind: 'serving'; readonly child: ChildProcess }
  | { readonly kind: 'resting'; readonly cancel: () => void; readonly why: string }
  | { readonly kind: 'closed' };

const FLAGS = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
/** No keys of other engines for a process that runs what others have trained. */
const ENV = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];
/** A gigabyte from a slow disk. */
const LOAD_TIMEOUT_MS = 120_000;
/** Utterances and texts at once; one more is refused. */
const MAX_LINES = 64;
const MAX_SAID = 600;
/** Rest before each restart since the last good answer. The first is at once: crashes are rare and calls are on. */
const RESTS_MS = [0, 250, 1000, 4000, 15_000];

/** Threads of one inference where none are named. */
export const usualThreads = (): number => Math.max(1, Math.min(4, availableParallelism() >> 1));

/** The watched process with one model: started again when it dies or hangs, with growing rests while it keeps dying. */
export class ChildServer<Request, Answer extends ChildAnswer> {
  readonly #options: ChildServerOptions<Request, Answer>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lines = new Map<number, Asker<About<Answer>>>();
  #state: State<Ready<Answer>> = { kind: 'closed' };
  #starts = 0;
  #deaths = 0;
  #lastId = 0;
  #heardAt = 0;
  #facts: Ready<Answer> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: ChildServerOptions<Request, Answer>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? (() => {});
  }

  /** Resolves when the model is loaded. Throws EngineUnavailable where it cannot be. */
  static async start<Request, Answer extends ChildAnswer>(
    options: ChildServerOptions<Request, Answer>,
    signal: AbortSignal,
  ): Promise<ChildServer<Request, Answer>> {
    signal.throwIfAborted();
    const server = new ChildServer(options);
    try {
      server.#facts = await raceAbort(server.#spawn(), signal);
      return server;
    } catch (error) {
      await server.close();
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      throw new EngineUnavailable(options.stage, options.engine, why, { cause: error });
    }
  }

  /** Of the process that serves now. */
  get pid(): number | undefined {
    return 'child' in this.#state ? this.#state.child.pid : undefined;
  }

  /** What it said of its model. */
  get facts(): Ready<Answer> | undefined {
    return this.#facts;
  }

  /** A way for one request. Throws ProviderError where there is none. */
  async line(asker: Asker<About<Answer>>, signal: AbortSignal): Promise<Line<Request>> {
    if (this.#state.kind === 'loading') await raceAbort(this.#state.loaded.promise, signal);
    signal.throwIfAborted();
    if (this.#state.kind !== 'serving')
      throw this.#unavailable(this.#state.kind === 'resting' ? this.#state.why : 'closed');
    if (this.#lines.size >= MAX_LINES) throw this.#unavailable(`${MAX_LINES} requests are under way`);
    const { child } = this.#state;
    const id = ++this.#lastId;
    this.#lines.set(id, asker);
    return {
      id,
      send: (request) => {
        if (this.#lines.has(id)) send(child, request);
      },
      close: () => {
        if (this.#lines.delete(id)) send(child, { type: 'cancel', id });
      },
    };
  }

  /** A request had no answer in `ms`. Where nothing else was answered either, the process hangs and is ended. */
  suspect(ms: number): void {
    if (this.#state.kind !== 'serving' || this.#clock.now() - this.#heardAt < ms) return;
    this.#log('warn', `${this.#options.title} has not answered in ${ms} ms: ending its process`);
    this.#state.child.kill('SIGKILL');
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  #spawn(): Promise<Ready<Answer>> {
    this.#starts++;
    const { entry, load, answers } = this.#options;
    const child = spawn(process.execPath, [...FLAGS, entry], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: Object.fromEntries(ENV.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    });
    const loaded = Promise.withResolvers<Ready<Answer>>();
    loaded.promise.catch(() => {});
    this.#state = { kind: 'loading', child, loaded };

    let why = '';
    let said = '';
    const cancelTimeout = this.#clock.after(LOAD_TIMEOUT_MS, () => {
      why = 'its model did not load in time';
      child.kill('SIGKILL');
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MAX_SAID);
    });
    child.on('message', (message) => {
      const answer = answers.safeParse(message).data;
      this.#heardAt = this.#clock.now();
      if (answer === undefined)
        child.kill('SIGKILL'); // it is not itself any more
      else if (isFailed(answer)) {
        why = answer.message;
        child.kill('SIGKILL');
      } else if (isReady(answer)) {
        cancelTimeout();
        said = '';
        if (this.#state.kind !== 'loading' || this.#state.child !== child) return;
        this.#state = { kind: 'serving', child };
        loaded.resolve(answer);
      } else this.#route(answer as About<Answer>);
    });
    let gone = false;
    const onGone = (how: string): void => {
      if (gone) return;
      gone = true;
      cancelTimeout();
      const reason = why || [lastLine(said), how].filter(Boolean).join('; ');
      loaded.reject(this.#unavailable(reason));
      this.#rest(reason);
    };
    child.once('error', (error) => onGone(error.message));
    child.once('close', (code, signal) => onGone(`its process ended: ${signal ?? `exit ${code}`}`));
    send(child, load);
    return loaded.promise;
  }

  #route(answer: About<Answer>): void {
    const asker = this.#lines.get(answer.id);
    if (!asker) return; // cancelled
    this.#deaths = 0;
    if (this.#options.isLast(answer)) this.#lines.delete(answer.id);
    asker.answered(answer);
  }

  #rest(why: string): void {
    if (this.#state.kind === 'closed') return;
    const first = this.#starts === 1 && this.#state.kind === 'loading';
    this.#state = { kind: 'closed' };
    this.#failAll(why);
    if (first) return;
    const ms = RESTS_MS[Math.min(this.#deaths, RESTS_MS.length - 1)] as number;
    this.#deaths++;
    this.#log('warn', `${this.#options.title} stopped (${why}); starting it again${ms > 0 ? ` in ${ms} ms` : ''}`);
    const again = (): void => void this.#spawn().catch(() => {});
    if (ms > 0) this.#state = { kind: 'resting', cancel: this.#clock.after(ms, again), why };
    else again();
  }

  #failAll(why: string): void {
    const askers = [...this.#lines.values()];
    this.#lines.clear();
    for (const asker of askers) asker.failed(this.#unavailable(why));
  }

  async #shut(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    if (state.kind === 'resting') state.cancel();
    this.#failAll('closed');
    if (!('child' in state)) return;
    const { child } = state;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGKILL'); // it has nothing to save
    await closed;
  }

  #unavailable(why: string): ProviderError {
    const { stage, title } = this.#options;
    return ProviderError.unavailable(stage, `${title} is not available: ${why}`);
  }
}

/** What is sent to a process that is gone is lost; its end is told by itself. */
function send(child: ChildProcess, request: unknown): void {
  if (child.connected) child.send(request as object, () => {});
}

const isFailed = <A extends ChildAnswer>(answer: A): answer is Extract<A, { type: 'failed' }> =>
  answer.type === 'failed';
const isReady = <A extends ChildAnswer>(answer: A): answer is Extract<A, { type: 'ready' }> => answer.type === 'ready';

const lastLine = (said: string): string => said.trim().split('\n').at(-1)?.trim() ?? '';
