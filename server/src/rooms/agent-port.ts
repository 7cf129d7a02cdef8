import type { RoomRouter } from '../media/index.ts';
import type { StageName } from '../observe/index.ts';

// How a room speaks with its agent, in the room's own words: agents/ plugs in here, and the compiler checks that the
// words fit the agent's contracts on one side and the wire protocol on the other.

export type AgentState = 'idle' | 'listening' | 'thinking' | 'speaking';

export type AnswerPolicy = 'every-turn' | 'when-named' | 'on-request';

/** A tool that a caller's page runs. */
export interface ClientTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly cancelOnInterrupt: boolean;
  readonly filler?: string;
}

/** What a caller's page made of a call. */
export type ClientToolResult =
  | { readonly call: string; readonly result: string }
  | { readonly call: string; readonly error: string };

export interface EngineChoice {
  readonly stage: 'vad' | 'asr' | 'llm' | 'tts';
  readonly engine: string;
  readonly reason: string;
  readonly lite: boolean;
}

/** What callers are told of the conversation, as it happens. */
export type AgentEvent =
  | { readonly type: 'agent-state'; readonly state: AgentState }
  | {
      readonly type: 'transcript';
      readonly turn: number;
      readonly callerId: string;
      readonly text: string;
      readonly final: boolean;
      readonly language?: string;
    }
  | {
      readonly type: 'reply-text';
      readonly turn: number;
      readonly reply: number;
      readonly text: string;
      readonly final: boolean;
      readonly interrupted: boolean;
    }
  | { readonly type: 'turn-metrics'; readonly turn: number; readonly figures: Partial<Record<StageName, number>> }
  | {
      readonly type: 'tool';
      readonly turn: number;
      readonly call: string;
      readonly name: string;
      readonly origin: 'webhook' | 'mcp' | 'client';
      readonly status: 'running' | 'done' | 'failed' | 'cancelled';
      readonly ms?: number;
    }
  /** For this caller alone. `args` is JSON text of an object. */
  | {
      readonly type: 'client-tool-call';
      readonly callerId: string;
      readonly call: string;
      readonly name: string;
      readonly args: string;
    }
  | { readonly type: 'client-tool-cancelled'; readonly callerId: string; readonly call: string }
  /** The agent has said good-bye: the room is to be closed. */
  | { readonly type: 'ended'; readonly reason: 'idle' | 'time-limit' }
  | {
      readonly type: 'error';
      readonly code: 'engine-failed' | 'session-failed';
      readonly stage?: string;
      readonly message: string;
      readonly retryable: boolean;
    };

export type Emotion = 'neutral' | 'happy' | 'sad' | 'angry' | 'calm' | 'excited' | 'whisper';

/** How the agent is to speak; absent: as the server is set. */
export interface VoiceWishes {
  /** One of those that the server offers; others are passed over. */
  readonly voice?: string;
  /** 1 is normal. */
  readonly speed?: number;
  readonly emotion?: Emotion;
}

/** What the caller who opens a room wishes; absent: as the server is set. */
export interface CallWishes extends VoiceWishes {
  /** BCP 47. */
  readonly language?: string;
  readonly turnPreset?: 'patient' | 'balanced' | 'quick';
}

/** What a room offers to the agent that takes the seat. */
export interface AgentSeat {
  readonly room: string;
  readonly router: RoomRouter;
  readonly wishes: CallWishes;
  onEvent(event: AgentEvent): void;
  /** The agent is gone without having been closed. */
  onLost(): void;
}

/** The agent as its room holds it. */
export interface RoomAgent {
  readonly engines: readonly EngineChoice[];
  /** When it answers. */
  readonly answers: AnswerPolicy;
  /** The producer that carries its voice. */
  readonly producerId: string;
  /** The agent may call them by `name`. */
  callerJoined(callerId: string, name?: string): void;
  /** Resolves when the agent listens to this caller. */
  callerProduced(callerId: string, producerId: string): Promise<void>;
  /** Nothing of this caller is kept. */
  callerLeft(callerId: string): void;
  callerPlaying(callerId: string): void;
  callerPlayout(callerId: string, delayMs: number): void;
  text(callerId: string, text: string): void;
  interrupt(): void;
  /** From its next answer on; the wishes before are void. */
  speakAs(wishes: VoiceWishes): Promise<void>;
  /** It is to answer what was said. */
  ask(callerId: string): void;
  /** They replace those that the caller offered before; kept until the caller leaves. */
  offerTools(callerId: string, tools: readonly ClientTool[]): void;
  toolResult(callerId: string, result: ClientToolResult): void;
  close(reason: 'room-closed' | 'shutdown'): Promise<void>;
}

export type OpenAgent = (seat: AgentSeat) => Promise<RoomAgent>;
