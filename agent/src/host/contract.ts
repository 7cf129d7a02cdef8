import type {
  ClientTool,
  ClientToolResult,
  EarRtp,
  EngineChoice,
  EngineFallback,
  EngineHealth,
  EngineSettings,
  MouthRtp,
  RtpAddress,
  SessionEvent,
  SessionSettings,
  ToolSettings,
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

/** One thread that runs many agent sessions. The same calls will serve a host in another process. */
export interface AgentHost {
  readonly choices: readonly EngineChoice[];
  /** Every engine that the chains hold, and whether it is used just now. */
  readonly health: readonly EngineHealth[];
  /** Sessions that are open now. */
  readonly load: number;
  /** Throws where the host is gone. */
  open(options: {
    id: string;
    settings: SessionSettings;
    onEvent: (event: SessionEvent) => void;
  }): Promise<AgentSession>;
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
  /** The agent hears this caller. */
  addEar(ear: EarRtp): void;
  removeEar(callerId: string): void;
  /** The caller hears: the greeting may be spoken (once for the session). */
  callerPlaying(callerId: string): void;
  /** How far the caller's loudspeaker is behind the packets we send, in ms. */
  callerPlayout(callerId: string, delayMs: number): void;
  /** A typed message: a user turn of its own; it takes the floor from the agent. */
  text(callerId: string, text: string): void;
  interrupt(): void;
  /** The agent is to answer what was said, where it would not by itself. */
  ask(callerId: string): void;
  /** Tools that this caller's page runs; they replace those that it offered before. */
  offerTools(callerId: string, tools: readonly ClientTool[]): void;
  toolResult(callerId: string, result: ClientToolResult): void;
  close(reason: 'room-closed' | 'shutdown'): Promise<void>;
}
