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
      /** It was final before: less of it was heard than was thought. */
      readonly corrected?: true;
      /** The language model is not to know of it. */
      readonly unrecorded?: true;
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

/** A tool that is an HTTP request. */
export interface WebhookTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Never shown: they hold keys. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly cancelOnInterrupt: boolean;
  readonly filler?: string | undefined;
}

/** What whoever makes a room wishes of its agent; absent: as the server is set. */
export interface AgentWishes extends CallWishes {
  readonly instructions?: string;
  /** Empty for none. */
  readonly greeting?: string;
  /** Engines of a stage by name, in the order in which they are tried. */
  readonly engines?: { readonly [Stage in 'asr' | 'llm' | 'tts']?: readonly string[] | undefined };
  readonly answers?: AnswerPolicy;
  /** What callers call the agent. */
  readonly names?: readonly string[];
  /** Beside those of the server. */
  readonly tools?: readonly WebhookTool[];
  /** 0 for no limit. */
  readonly maxCallMs?: number;
  /** Whoever runs the conversation has the say: nothing is asked, bridged or filled by the agent itself. */
  readonly plain?: boolean;
  /** A fixed silence that ends each turn, in ms. */
  readonly endpointingMs?: number;
  /** Speech over the agent of this length takes the floor whatever it says, in ms. */
  readonly interruptionMs?: number;
}

/** What the agent is to say, word for word. */
export interface SayOrder {
  readonly text: string;
  /** What is being said makes room for it; else it waits for its turn. */
  readonly interrupt: boolean;
  /** False: the language model is not to know of it. */
  readonly addToHistory: boolean;
}

/** What is put into the conversation without being spoken. `system`: what the agent is to know, and nobody said. */
export interface AddedMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What is asked of a caller's line of plain PCM; samples are handed over and empty afterwards. */
export type LineOrder =
  | { readonly do: 'hear'; readonly samples: Int16Array }
  /** What waits to be heard is not to be. */
  | { readonly do: 'forget' }
  /** All of it, or of what was gathered, is one utterance and no turn by itself. Answered by `recognised` or `unrecognised`. */
  | { readonly do: 'recognise'; readonly job: number; readonly samples?: Int16Array }
  /** By RTP: what comes is not listened to but kept, the last five minutes of it, until it is recognised or forgotten. */
  | { readonly do: 'gather'; readonly on: boolean }
  /** The caller has heard no more of this reply than so much of its audio, in ms. Answered by `shortened`. */
  | { readonly do: 'shorten'; readonly reply: number; readonly heardMs: number }
  /** From the next answer on, answers are written and not spoken: they come as `wrote`. */
  | { readonly do: 'write'; readonly on: boolean }
  | { readonly do: 'unsay'; readonly turn: number; readonly who: 'caller' | 'agent' };

/** What a line is told, in the order in which it happens; `atMs`: where that was in the audio that the caller has sent. */
export type LineNews =
  | {
      readonly kind: 'turn-opened' | 'turn-taken' | 'turn-dropped';
      readonly turn: number;
      readonly atMs?: number;
    }
  /** `written`: nothing of it will be spoken. */
  | { readonly kind: 'reply-began'; readonly turn: number; readonly reply: number; readonly written?: true }
  /** What was written of it since the last time. */
  | { readonly kind: 'wrote'; readonly reply: number; readonly text: string }
  /** Its tools run now; `announced`: something is said before they do. */
  | { readonly kind: 'tools-called'; readonly reply: number; readonly announced: boolean }
  | {
      readonly kind: 'reply-over';
      readonly reply: number;
      readonly status: 'done' | 'cut' | 'failed';
      readonly text: string;
    }
  /** 20 ms of the agent's voice as they leave. */
  | { readonly kind: 'voice'; readonly samples: Int16Array }
  /** 20 ms of it have left by RTP. */
  | { readonly kind: 'voiced' }
  | { readonly kind: 'recognised'; readonly job: number; readonly text: string }
  | { readonly kind: 'unrecognised'; readonly job: number; readonly message: string }
  | { readonly kind: 'shortened'; readonly reply: number; readonly text?: string };

/** A caller's audio as plain PCM, both ways. */
export interface LineOptions {
  /** Hz of what the caller says. */
  readonly rate: number;
  /** Hz of what it is to hear. */
  readonly voiceRate: number;
  /** The caller speaks and hears by RTP after all: what it is told, and its recordings, are all that goes this way. */
  readonly byRtp?: true | undefined;
  /** Where its agent is lost, another one may take the line up: turns and replies count on, what was begun is not ended. */
  readonly survives?: true | undefined;
  onNews(news: LineNews): void;
}

/** A turn of a conversation, as both sides heard it. */
export interface PastTurn {
  readonly turn: number;
  readonly user: readonly { readonly text: string; readonly name?: string }[];
  readonly assistant: string;
  /** What was put into the conversation after it. */
  readonly added: readonly AddedMessage[];
}

/** What an agent owed the callers when it was lost. */
export type Owed = 'greeting' | 'answer' | 'rest' | 'attention' | 'nothing';

/** A conversation whose agent was lost. */
export interface AgentPast {
  /** Turns and replies that were counted. */
  readonly turns: number;
  readonly replies: number;
  /** Oldest first. */
  readonly said: readonly PastTurn[];
  readonly owed: Owed;
  /** Since callers first heard the agent, in ms. */
  readonly elapsedMs: number;
  /** BCP 47. */
  readonly language?: string;
}

/** What a room offers to the agent that takes the seat. */
export interface AgentSeat {
  readonly room: string;
  readonly router: RoomRouter;
  readonly wishes: AgentWishes;
  /** It is to take up the call of another one. */
  readonly past?: AgentPast;
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
  /** The agent hears this caller, and speaks to it, by plain PCM; another line of the same caller takes its place. */
  openLine(callerId: string, line: LineOptions): void;
  tellLine(callerId: string, order: LineOrder): void;
  /** Nothing of this caller is kept. */
  callerLeft(callerId: string): void;
  /** The caller's connection is lost and may come back: where nobody else hears it, the agent waits. */
  callerAway(callerId: string): void;
  /** The caller hears again, and has heard nothing for so long, in ms. */
  callerBack(callerId: string, unheardMs: number): void;
  callerPlaying(callerId: string): void;
  callerPlayout(callerId: string, delayMs: number): void;
  text(callerId: string, text: string): void;
  interrupt(): void;
  announce(order: SayOrder): void;
  /** What it is told about its role, from its next answer on. */
  instruct(instructions: string): void;
  /** `reply`: it is to answer as soon as nobody has the floor. */
  addMessage(message: AddedMessage, options: { readonly reply: boolean }): void;
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
