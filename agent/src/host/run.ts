import type { MessagePort } from 'node:worker_threads';
import { OpusLibrary } from '../codec/index.ts';
import type { AsrProvider, EngineChoice, LlmProvider, TtsProvider, TurnDetector } from '../contracts/index.ts';
import type { Hearing } from '../hearing/index.ts';
import { systemClock } from '../kernel/index.ts';
import { KeptPhrases } from '../reply/index.ts';
import { Ticker } from '../rtp/index.ts';
import type { ToolSource } from '../tools/index.ts';
import { Call, type HostParts } from './call.ts';
import type { HostLog } from './contract.ts';
import type { FromHost, ToHost } from './messages.ts';
import { type DeskMessage, VoiceDesk } from './voice-desk.ts';

/** The engines that a host's calls speak through. */
export interface HostEngines {
  readonly choices: readonly EngineChoice[];
  readonly asr: AsrProvider;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  /** Absent: words and pauses end turns. */
  readonly turn?: TurnDetector;
  close(): Promise<void>;
}

export interface HostSetUp {
  readonly port: MessagePort;
  readonly loadEngines: (log: HostLog, tell: (message: FromHost) => void) => Promise<HostEngines>;
  readonly loadHearing: () => Promise<Hearing>;
  /** Absent: no tools but those of callers' pages. */
  readonly loadTools?: (log: HostLog) => Promise<ToolSource>;
}

/** Runs a host on this thread until the server says shutdown. */
export async function runHost({ port, loadEngines, loadHearing, loadTools = noTools }: HostSetUp): Promise<void> {
  const tell = (message: FromHost): void => port.postMessage(message);
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
  const calls = new Calls({ clock: systemClock, ticker, library, hearing, engines: voice, tools, log }, tell);
  const desk = new VoiceDesk(voice.tts, tell);
  const done = new Promise<void>((resolve) => {
    port.on('message', (message: ToHost) => {
      if (message.type === 'shutdown') resolve();
      else if ('request' in message) desk.handle(message);
      else calls.handle(message);
    });
  });
  tell({ type: 'ready', choices: engines.choices });
  await done;
  desk.close();
  await calls.closeAll();
  await Promise.allSettled([engines.close(), hearing.close(), tools.close()]);
  tell({ type: 'bye' });
  port.close();
}

const noTools = async (): Promise<ToolSource> => ({ tools: [], close: async () => {} });

/** The calls of this thread by session id. Messages to a session that is gone do nothing. */
class Calls {
  readonly #parts: HostParts;
  readonly #tell: (message: FromHost) => void;
  readonly #calls = new Map<string, Call>();

  constructor(parts: HostParts, tell: (message: FromHost) => void) {
    this.#parts = parts;
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
      case 'add-ear':
        call?.addEar(message.ear);
        break;
      case 'remove-ear':
        call?.removeEar(message.callerId);
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

  async #open({ session, settings }: Extract<ToHost, { type: 'open' }>): Promise<void> {
    try {
      const call = await Call.open(this.#parts, {
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
