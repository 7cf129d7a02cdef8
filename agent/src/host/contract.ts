import type {
  AddedMessage,
  ClientTool,
  ClientToolResult,
  EarRtp,
  Emotion,
  EngineChoice,
  EngineFallback,
  EngineHealth,
  EngineSettings,
  LineNews,
  LineOrder,
  LineSettings,
  MouthRtp,
  Prosody,
  RtpAddress,
  SayOrder,
  ServedStage,
  SessionEvent,
  SessionSettings,
  SpeechSettings,
  ToolSettings,
  Voice,
  WebhookSettings,
} from '../contracts/index.ts';

export interface AgentHostOptions {
  readonly engines: EngineSettings;
  readonly tools: ToolSettings;
  /** The worker thread's entry; another one brings other engines (the bench's zero-delay doubles). */
  readonly module?: URL;
  readonly log?: HostLog;
  /** An engine failed a call, and the next one of its stage took over. */
  readonly onFallback?: (fallback: EngineFallback) => void;
}

export type HostLog = (level: 'info' | 'warn' | 'error', message: string) => void;

/** A voice that callers may choose. */
export interface OfferedVoice extends Voice {
  readonly engine: string;
  /** That the engine can show, if only roughly. */
  readonly emotions: readonly Emotion[];
}

/** What to say to show a voice; `text` absent: a word of welcome in its language. */
export interface SampleOrder extends Prosody {
  readonly text?: string;
}

export interface VoiceSample {
  /** Hz. */
  readonly rate: number;
  readonly samples: Int16Array;
}

/** Engines of a stage by name, in the order in which they are tried; absent stages: as the host is set. */
export type EnginePicks = { readonly [Stage in ServedStage]?: readonly string[] };

/** What a host opens a session with. */
export interface SessionOrder {
  readonly id: string;
  readonly settings: SessionSettings;
  /** Of those that `health` names. */
  readonly engines?: EnginePicks;
  /** For this session alone, beside those of the host. */
  readonly tools?: readonly WebhookSettings[];
  readonly onEvent: (event: SessionEvent) => void;
}

/** How a thread keeps up, over the last second. */
export interface HostPace {
  /** Share of the time in which it worked, 0..1. */
  readonly busy: number;
  /** What is to happen at a time happens so much later, 95 of 100 times at most, in ms: its ticks, and so the voice. */
  readonly lateMs: number;
}

/** One thread that runs many agent sessions. The same calls will serve a host in another process. */
export interface AgentHost {
  readonly choices: readonly EngineChoice[];
  /** Every engine that the chains hold, and whether it is used just now. */
  readonly health: readonly EngineHealth[];
  /** Sessions that are open now. */
  readonly load: number;
  readonly pace: HostPace;
  /** Throws where the host is gone, or an engine that was picked is not there. */
  open(order: SessionOrder): Promise<AgentSession>;
  /** The voices of the engine that speaks first. Throws ProviderError. */
  voices(): Promise<readonly OfferedVoice[]>;
  /** One is made at a time and a few wait. Throws ProviderError (`rate-limited` for one too many), or the signal's reason. */
  sample(order: SampleOrder, options: { readonly signal: AbortSignal }): Promise<VoiceSample>;
  /** Called once if the thread dies before it was closed; its sessions are gone then. */
  onDeath(fn: (error: Error) => void): void;
  close(): Promise<void>;
}

/** A session as the server holds it. Calls to a session that is gone do nothing. */
export interface AgentSession {
  /** Where the session's UDP socket listens: connect the SFU's plain transport to it. */
  readonly address: RtpAddress;
  /** From now on the agent can speak. */
  connectMouth(mouth: MouthRtp): void;
  /** Somebody is in the room, be it to speak, to type or to listen; the agent may call them by `name`. */
  callerJoined(callerId: string, name?: string): void;
  /** Nothing of them is kept, the tools of their page included. */
  callerLeft(callerId: string): void;
  /** The caller's connection is lost and may come back; with nobody else there the agent holds its tongue. */
  callerAway(callerId: string): void;
  /** The caller hears again, and has heard nothing for so long, in ms: the agent goes on from there. */
  callerBack(callerId: string, unheardMs: number): void;
  /** The agent hears this caller. */
  addEar(ear: EarRtp): void;
  removeEar(callerId: string): void;
  /**
   * The agent hears this caller, and speaks to it, by plain PCM, unless the line says otherwise; another line of the same
   * caller takes its place.
   */
  openLine(line: LineSettings, onNews: (news: LineNews) => void): void;
  /** Does nothing where the caller has no line. The samples are handed over: they are empty afterwards. */
  tellLine(callerId: string, order: LineOrder): void;
  /** The caller hears: the greeting may be spoken (once for the session). */
  callerPlaying(callerId: string): void;
  /** How far the caller's loudspeaker is behind the packets we send, in ms. */
  callerPlayout(callerId: string, delayMs: number): void;
  /** A typed message: a user turn of its own; it takes the floor from the agent. */
  text(callerId: string, text: string): void;
  interrupt(): void;
  /** The agent says exactly these words. */
  announce(order: SayOrder): void;
  /** What the LLM is told about its role, from the next answer on. */
  instruct(instructions: string): void;
  /** Puts a message into the conversation; `reply`: the agent is to answer as soon as nobody has the floor. */
  addMessage(message: AddedMessage, options: { readonly reply: boolean }): void;
  /** From its next answer on. */
  speakAs(speech: SpeechSettings): void;
  /** The agent is to answer what was said, where it would not by itself. */
  ask(callerId: string): void;
  /** Tools that this caller's page runs; they replace those that it offered before. */
  offerTools(callerId: string, tools: readonly ClientTool[]): void;
  toolResult(callerId: string, result: ClientToolResult): void;
  close(reason: 'room-closed' | 'shutdown'): Promise<void>;
}
