import type { MessagePort } from 'node:worker_threads';
import { OpusLibrary } from '../codec/index.ts';
import type {
  AsrProvider,
  EngineChoice,
  LineNews,
  LlmProvider,
  TtsProvider,
  TurnDetector,
  WebhookSettings,
} from '../contracts/index.ts';
import type { Hearing } from '../hearing/index.ts';
import { systemClock } from '../kernel/index.ts';
import { KeptPhrases } from '../reply/index.ts';
import { Ticker } from '../rtp/index.ts';
import { type ToolSource, withWebhooks } from '../tools/index.ts';
import { Call, type HostParts } from './call.ts';
import type { EnginePicks, HostLog } from './contract.ts';
import type { FromHost, ToHost } from './messages.ts';
import { watchPace } from './pace.ts';
import { type DeskMessage, VoiceDesk } from './voice-desk.ts';

/** Of the stages that were given. */
export interface PickedEngines {
  readonly asr?: AsrProvider;
  readonly llm?: LlmProvider;
  readonly tts?: TtsProvider;
}

/** The engines that a host's calls speak through. */
export interface HostEngines {
  readonly choices: readonly EngineChoice[];
  readonly asr: AsrProvider;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  /** Absent: words and pauses end turns. */
  readonly turn?: TurnDetector;
  /** The engines of these names, for the stages given. Throws where one is not there. */
  readonly pick?: (picks: EnginePicks) => Promise<PickedEngines>;
  close(): Promise<void>;
}

export interface HostSetUp {
  readonly port: MessagePort;
  readonly loadEngines: (log: HostLog, tell: (message: FromHost) => void) => Promise<HostEngines>;
  readonly loadHearing: () => Promise<Hearing>;
  /** Absent: no tools but those of callers' pages. */
  readonly loadTools?: (log: HostLog) => Promise<ToolSource>;
}

type Tell = (message: FromHost, handedOver?: readonly ArrayBuffer[]) => void;

/** Runs a host on this thread until the server says shutdown. */
export async function runHost({ port, loadEngines, loadHearing, loadTools = noTools }: HostSetUp): Promise<void> {
  const tell: Tell = (message, handedOver = []) => port.postMessage(message, handedOver);
  const log: HostLog = (level, message) => tell({ type: 'log', level, message });
  const [library, hearing, engines, tools] = await Promise.all([
    OpusLibrary.load(),
    loadHearing(),
    loadEngines(log, tell),
    loadTools(log),
  ]);
  const ticker = new Ticker({
    clock: systemClock,
    onError: (error) => log('error', `a call failed in its tick: ${error instanceof Error ? error.stack : error}`),
  });
  const voice = { ...engines, tts: new KeptPhrases(engines.tts) };
  const parts = { clock: systemClock, ticker, library, hearing, engines: voice, tools, log };
  const pick = engines.pick && keepingPhrases(engines.pick);
  const calls = new Calls(parts, pick, tell);
  const desk = new VoiceDesk(voice.tts, tell);
  const done = new Promise<void>((resolve) => {
    port.on('message', (message: ToHost) => {
      if (message.type === 'shutdown') resolve();
      else if ('request' in message) desk.handle(message);
      else calls.handle(message);
    });
  });
  const stopWatching = watchPace(systemClock, (pace) => tell({ type: 'pace', pace }));
  tell({ type: 'ready', choices: engines.choices });
  await done;
  stopWatching();
  desk.close();
  await calls.closeAll();
  await Promise.allSettled([engines.close(), hearing.close(), tools.close()]);
  tell({ type: 'bye' });
  port.close();
}

/** Voices that were picked before keep the phrases that bridge a silence. */
function keepingPhrases(pick: NonNullable<HostEngines['pick']>): NonNullable<HostEngines['pick']> {
  const kept = new WeakMap<TtsProvider, KeptPhrases>();
  return async (picks) => {
    const picked = await pick(picks);
    if (!picked.tts) return picked;
    const tts = kept.get(picked.tts) ?? new KeptPhrases(picked.tts);
    kept.set(picked.tts, tts);
    return { ...picked, tts };
  };
}

const noTools = async (): Promise<ToolSource> => ({ tools: [], close: async () => {} });

/** The calls of this thread by session id. Messages to a session that is gone do nothing. */
class Calls {
  readonly #parts: HostParts;
  readonly #pick: HostEngines['pick'];
  readonly #tell: Tell;
  readonly #calls = new Map<string, Call>();

  constructor(parts: HostParts, pick: HostEngines['pick'], tell: Tell) {
    this.#parts = parts;
    this.#pick = pick;
    this.#tell = tell;
  }

  handle(message: Exclude<ToHost, DeskMessage | { type: 'shutdown' }>): void {
    const call = this.#calls.get(message.session);
    switch (message.type) {
      case 'open':
        void this.#open(message);
        break;
      case 'connect-mouth':
        call?.connectMouth(message.mouth);
        break;
      case 'caller-joined':
        call?.callerJoined(message.callerId, message.name);
        break;
      case 'caller-left':
        call?.callerLeft(message.callerId);
        break;
      case 'caller-away':
        call?.callerAway(message.callerId);
        break;
      case 'caller-back':
        call?.callerBack(message.callerId, message.unheardMs);
        break;
      case 'add-ear':
        call?.addEar(message.ear);
        break;
      case 'remove-ear':
        call?.removeEar(message.callerId);
        break;
      case 'open-line':
        call?.openLine(message.line, (news) => this.#tellLine(message.session, message.line.callerId, news));
        break;
      case 'line':
        call?.tellLine(message.callerId, message.order);
        break;
      case 'caller-playing':
        call?.callerPlaying();
        break;
      case 'caller-playout':
        call?.callerPlayout(message.callerId, message.delayMs);
        break;
      case 'text':
        call?.text(message.callerId, message.text);
        break;
      case 'interrupt':
        call?.interrupt();
        break;
      case 'announce':
        call?.announce(message.order);
        break;
      case 'instruct':
        call?.instruct(message.instructions);
        break;
      case 'add-message':
        call?.addMessage(message.message, { reply: message.reply });
        break;
      case 'ask':
        call?.ask(message.callerId);
        break;
      case 'speak-as':
        call?.speakAs(message.speech);
        break;
      case 'offer-tools':
        call?.offerTools(message.callerId, message.tools);
        break;
      case 'tool-result':
        call?.toolResult(message.callerId, message.result);
        break;
      case 'close':
        void this.#close(message.session, message.reason);
        break;
    }
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#calls.keys()].map((session) => this.#close(session, 'shutdown')));
  }

  async #open({ session, settings, engines, tools }: Extract<ToHost, { type: 'open' }>): Promise<void> {
    try {
      const parts = { ...this.#parts, engines: await this.#engines(engines), tools: this.#tools(tools) };
      const call = await Call.open(parts, {
        id: session,
        settings,
        emit: (event) => this.#tell({ type: 'event', session, event }),
      });
      this.#calls.set(session, call);
      this.#tell({ type: 'opened', session, address: call.address });
    } catch (error) {
      this.#tell({ type: 'refused', session, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Audio moves to the server instead of being copied. */
  #tellLine(session: string, callerId: string, news: LineNews): void {
    const voice = news.kind === 'voice' ? [news.samples.buffer as ArrayBuffer] : [];
    this.#tell({ type: 'line', session, callerId, news }, voice);
  }

  /** As picked, else those of the host. */
  async #engines(picks: EnginePicks = {}): Promise<HostParts['engines']> {
    const { engines } = this.#parts;
    if (Object.keys(picks).length === 0) return engines;
    if (!this.#pick) throw new Error('this host has no engines to pick from');
    return { ...engines, ...(await this.#pick(picks)) };
  }

  #tools(own: readonly WebhookSettings[] = []): HostParts['tools'] {
    const { tools, log } = this.#parts;
    return own.length > 0 ? withWebhooks(own, { shared: tools, log }) : tools;
  }

  async #close(session: string, reason: 'room-closed' | 'shutdown'): Promise<void> {
    const call = this.#calls.get(session);
    this.#calls.delete(session);
    try {
      await call?.close(reason);
    } catch (error) {
      this.#tell({ type: 'log', level: 'error', message: `closing ${session}: ${error}` });
    }
    this.#tell({ type: 'closed', session });
  }
}
