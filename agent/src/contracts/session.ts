import type { Past } from './past.ts';
import type { Prosody, VoicesByLanguage } from './providers.ts';

/** Where a session's own UDP socket listens. */
export interface RtpAddress {
  readonly ip: string;
  readonly port: number;
}

/** How the agent sends its voice into the room. */
export interface MouthRtp {
  readonly remote: RtpAddress;
  readonly ssrc: number;
  readonly payloadType: number;
}

/** A caller's audio as it arrives at the session's socket: told apart by SSRC. */
export interface EarRtp {
  readonly callerId: string;
  readonly ssrc: number;
  readonly payloadType: number;
}

/** How the agent speaks. */
export interface SpeechSettings {
  readonly prosody: Prosody;
  /** They go before the prosody's voice. */
  readonly voices?: VoicesByLanguage;
}

/** What whoever runs the conversation has the agent say. */
export interface SayOrder {
  readonly text: string;
  /** What is being said makes room for it; else it waits for its turn. */
  readonly interrupt: boolean;
  /** False: the LLM is not to know of it. */
  readonly addToHistory: boolean;
}

/** How one conversation goes. Defaults live in the server's config schema. */
export interface SessionSettings extends SpeechSettings {
  readonly instructions: string;
  /** Spoken when the first caller can hear; empty for none, absent for the LLM's own opening or a word of welcome. */
  readonly greeting?: string;
  /** BCP 47, or absent to let the engines find out. */
  readonly language?: string;
  /** The LLM may set the emotion by tags in what it writes; they are told to it where the voice has emotions. */
  readonly inlineEmotions: boolean;
  /** Budget of the history given to the LLM, in tokens. */
  readonly contextTokens: number;
  readonly turnPreset: TurnPreset;
  /** A fixed silence that ends each turn, in ms, in place of what the preset makes of words and speaker. */
  readonly endpointingMs?: number;
  /** Speech over the agent of this length takes the floor whatever it says, in ms, in place of the preset's verdict. */
  readonly interruptionMs?: number;
  /** Prepare answers before the turn is over; costs tokens when the guess was wrong. */
  readonly speculation: boolean;
  /** When the agent answers. */
  readonly answers: AnswerPolicy;
  /** What callers call the agent, for `when-named`. */
  readonly names: readonly string[];
  /** Silence that is owed an answer is filled after this, in ms, and counted as an incident; 0 for never. */
  readonly silenceWatchdogMs: number;
  /** A tool that takes longer than this is bridged by a few words, in ms; 0 for never. */
  readonly toolFillerMs: number;
  /** Sum up turns that no longer fit into the budget, where the LLM can; else they are dropped. */
  readonly summarise: boolean;
  /** Nobody spoke for this long: the agent asks whether somebody is there, in ms; 0 for never. */
  readonly idlePromptMs: number;
  /** It asks so often, then says good-bye and ends the call. */
  readonly idlePrompts: number;
  /** The agent says good-bye and ends the call after this, in ms; 0 for never. */
  readonly maxCallMs: number;
  /** Absent: the conversation begins here. */
  readonly past?: Past;
}

/**
 * Every turn; or, while several callers are there, only turns that name the agent or go on talking with it; or only
 * when a caller asks for an answer.
 */
export const ANSWER_POLICIES = ['every-turn', 'when-named', 'on-request'] as const;
export type AnswerPolicy = (typeof ANSWER_POLICIES)[number];

/** How patient the agent is; the knobs are in docs/turn-taking.md. */
export const TURN_PRESETS = ['patient', 'balanced', 'quick'] as const;
export type TurnPreset = (typeof TURN_PRESETS)[number];
