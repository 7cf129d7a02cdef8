import { Worker } from 'node:worker_threads';
import {
  type EngineChoice,
  type EngineFallback,
  type EngineHealth,
  type LineNews,
  type LineOrder,
  ProviderError,
  type RtpAddress,
  type SessionEvent,
} from '../contracts/index.ts';
import type {
  AgentHost,
  AgentHostOptions,
  AgentSession,
  HostPace,
  OfferedVoice,
  SampleOrder,
  SessionOrder,
  VoiceSample,
} from './contract.ts';
import { momentaryHeap } from './heap.ts';
import type { FromHost, HostData, ToHost } from './messages.ts';
import { Requests } from './requests.ts';

/** A host that does not close by itself within this time is ended, in ms. */
const SHUTDOWN_PATIENCE_MS = 3000;

interface Held {
  readonly onEvent: (event: SessionEvent) => void;
  readonly opened: PromiseWithResolvers<RtpAddress>;
  readonly closed: PromiseWithResolvers<void>;
  /** By caller. */
  readonly lines: Map<string, (news: LineNews) => void>;
}

/** Starts a worker thread that runs agent sessions; resolves when its engines are loaded. */
export async function startAgentHost(options: AgentHostOptions): Promise<AgentHost> {
  const module = options.module ?? new URL('./thread.ts', import.meta.url);
  const workerData: HostData = { engines: options.engines, tools: options.tools };
  const host = new ThreadHost(new Worker(module, { name: 'agent-host', workerData, ...momentaryHeap() }), options);
  await host.ready;
  return host;
}

class ThreadHost implements AgentHost {
  choices: readonly EngineChoice[] = [];
  pace: HostPace = { busy: 0, lateMs: 0 };
  readonly #worker: Worker;
  readonly #log: NonNullable<AgentHostOptions['log']>;
  readonly #onFallback: (fallback: EngineFallback) => void;
  readonly #health = new Map<string, EngineHealth>();
  readonly #sessions = new Map<string, Held>();
  readonly #requests = new Requests((message) => this.#tell(message));
  readonly #ready = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #mourners: ((error: Error) => void)[] = [];
  #death: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(worker: Worker, { log = () => {}, onFallback = () => {} }: AgentHostOptions) {
    this.#worker = worker;
    this.#log = log;
    this.#onFallback = onFallback;
    worker.on('message', (message: FromHost) => this.#receive(message));
    worker.on('error', (error) => this.#die(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => this.#die(new Error(`the agent host's thread ended with code ${code}`)));
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get health(): readonly EngineHealth[] {
    return [...this.#health.values()];
  }

  get load(): number {
    return this.#sessions.size;
  }

  async open({ id, settings, engines, tools, onEvent }: SessionOrder): Promise<AgentSession> {
    this.#assertAlive();
    if (this.#sessions.has(id)) throw new TypeError(`session ${id} is open already`);
    const held: Held = { onEvent, opened: Promise.withResolvers(), closed: Promise.withResolvers(), lines: new Map() };
    this.#sessions.set(id, held);
    this.#tell({ type: 'open', session: id, settings, engines, tools });
    const address = await held.opened.promise;
    return this.#session(id, address, held);
  }

  async voices(): Promise<readonly OfferedVoice[]> {
    this.#assertAlive();
    return this.#requests.ask({ type: 'voices' });
  }

  async sample(order: SampleOrder, { signal }: { signal: AbortSignal }): Promise<VoiceSample> {
    this.#assertAlive();
    return this.#requests.ask({ type: 'sample', order }, signal);
  }

  onDeath(fn: (error: Error) => void): void {
    if (this.#death) fn(this.#death);
    else this.#mourners.push(fn);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  #assertAlive(): void {
    if (this.#death || this.#closing) throw this.#death ?? new Error('the agent host is closed');
  }

  async #shut(): Promise<void> {
    if (this.#death) return;
    this.#tell({ type: 'shutdown' });
    const timer = setTimeout(() => void this.#worker.terminate(), SHUTDOWN_PATIENCE_MS);
    await this.#gone.promise;
    clearTimeout(timer);
  }

  #session(session: string, address: RtpAddress, held: Held): AgentSession {
    const tell = (message: ToHost, handedOver: readonly ArrayBuffer[] = []): void => {
      if (this.#sessions.get(session) === held) this.#tell(message, handedOver);
    };
    return {
      address,
      connectMouth: (mouth) => tell({ type: 'connect-mouth', session, mouth }),
      callerJoined: (callerId, name) => tell({ type: 'caller-joined', session, callerId, name }),
      callerLeft: (callerId) => {
        held.lines.delete(callerId);
        tell({ type: 'caller-left', session, callerId });
      },
      callerAway: (callerId) => tell({ type: 'caller-away', session, callerId }),
      callerBack: (callerId, unheardMs) => tell({ type: 'caller-back', session, callerId, unheardMs }),
      addEar: (ear) => tell({ type: 'add-ear', session, ear }),
      removeEar: (callerId) => tell({ type: 'remove-ear', session, callerId }),
      openLine: (line, onNews) => {
        held.lines.set(line.callerId, onNews);
        tell({ type: 'open-line', session, line });
      },
      tellLine: (callerId, order) => tell({ type: 'line', session, callerId, order }, transferred(order)),
      callerPlaying: (callerId) => tell({ type: 'caller-playing', session, callerId }),
      callerPlayout: (callerId, delayMs) => tell({ type: 'caller-playout', session, callerId, delayMs }),
      text: (callerId, text) => tell({ type: 'text', session, callerId, text }),
      interrupt: () => tell({ type: 'interrupt', session }),
      announce: (order) => tell({ type: 'announce', session, order }),
      instruct: (instructions) => tell({ type: 'instruct', session, instructions }),
      addMessage: (message, { reply }) => tell({ type: 'add-message', session, message, reply }),
      ask: (callerId) => tell({ type: 'ask', session, callerId }),
      speakAs: (speech) => tell({ type: 'speak-as', session, speech }),
      offerTools: (callerId, tools) => tell({ type: 'offer-tools', session, callerId, tools }),
      toolResult: (callerId, result) => tell({ type: 'tool-result', session, callerId, result }),
      close: (reason) => {
        tell({ type: 'close', session, reason });
        return held.closed.promise;
      },
    };
  }

  #tell(message: ToHost, handedOver: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, handedOver);
  }

  #receive(message: FromHost): void {
    switch (message.type) {
      case 'ready':
        this.choices = message.choices;
        this.#ready.resolve();
        break;
      case 'opened':
        this.#sessions.get(message.session)?.opened.resolve(message.address);
        break;
      case 'refused':
        this.#sessions.get(message.session)?.opened.reject(new Error(message.message));
        this.#sessions.delete(message.session);
        break;
      case 'event':
        this.#sessions.get(message.session)?.onEvent(message.event);
        break;
      case 'line':
        this.#sessions.get(message.session)?.lines.get(message.callerId)?.(message.news);
        break;
      case 'closed':
        this.#sessions.get(message.session)?.closed.resolve();
        this.#sessions.delete(message.session);
        break;
      case 'answer':
        this.#requests.resolve(message.request, message.value);
        break;
      case 'no-answer': {
        const { reason, message: why } = message.failure;
        this.#requests.reject(message.request, new ProviderError('tts', reason, why));
        break;
      }
      case 'pace':
        this.pace = message.pace;
        break;
      case 'engine-health':
        this.#health.set(`${message.health.stage} ${message.health.engine}`, message.health);
        break;
      case 'engine-fallback':
        this.#onFallback(message.fallback);
        break;
      case 'log':
        this.#log(message.level, message.message);
        break;
      case 'bye':
        break;
    }
  }

  /** The thread ended: as asked, or by itself. Whoever waits is released. */
  #die(error: Error): void {
    if (this.#death) return;
    this.#death = error;
    for (const held of this.#sessions.values()) {
      held.opened.reject(error);
      held.opened.promise.catch(() => {});
      held.closed.resolve();
    }
    this.#sessions.clear();
    this.#requests.rejectAll(error);
    this.#ready.reject(error);
    this.#ready.promise.catch(() => {});
    this.#gone.resolve();
    if (!this.#closing) for (const mourn of this.#mourners) mourn(error);
  }
}

/** Audio moves to the thread instead of being copied. */
const transferred = (order: LineOrder): readonly ArrayBuffer[] =>
  'samples' in order && order.samples?.buffer instanceof ArrayBuffer ? [order.samples.buffer] : [];
