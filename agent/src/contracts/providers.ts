import type { PcmFrame } from './audio.ts';

/** Speech probability, window by window, for one stream. */
export interface VadModel {
  /** Hz. */
  readonly rate: number;
  /** Samples in one window. */
  readonly windowSamples: number;
  /** 0..1 for one window of `windowSamples` mono samples. Calls for one stream must not overlap. */
  probability(window: Int16Array): Promise<number>;
  /** Takes note of a window that is silence and need not be judged. Models without this are asked about each. */
  leaveOut?(window: Int16Array): void;
  /** Forgets what was heard. */
  reset(): void;
  close(): void;
}

/** Guesses from sound and words whether the user has finished. */
export interface TurnDetector {
  /** 0..1: the chance that the user has finished. */
  predict(input: { audio: Int16Array; text: string }, options: { signal: AbortSignal }): Promise<number>;
}

export interface AsrOptions {
  readonly signal: AbortSignal;
  /** BCP 47, e.g. `en`, `zh`; detected by the engine where it is absent and the engine can. */
  readonly language?: string;
  /** Words that are likely to be said. */
  readonly hints?: readonly string[];
}

/** `partial` replaces what came before it in the same utterance; there is one `final`, maybe with empty text. */
export interface Transcript {
  readonly kind: 'partial' | 'final';
  readonly text: string;
  readonly language?: string;
}

export interface AsrProvider {
  readonly id: string;
  /** Words come while the audio does: where none come for long, nobody speaks. */
  readonly partials?: boolean;
  /**
   * One utterance: `audio` ends where the turn machine saw speech end, then the final must come.
   * Throws ProviderError, or the signal's reason when aborted.
   */
  transcribe(audio: AsyncIterable<PcmFrame>, options: AsrOptions): AsyncIterable<Transcript>;
  close?(): Promise<void>;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly args: string;
}

export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string; readonly name?: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type LlmChunk =
  | { readonly kind: 'text'; readonly delta: string }
  | ({ readonly kind: 'tool-call' } & ToolCall)
  | { readonly kind: 'usage'; readonly inputTokens: number; readonly outputTokens: number };

export interface LlmOptions {
  readonly signal: AbortSignal;
  readonly tools?: readonly ToolSpec[];
  /** Language of the conversation, BCP 47, where it is known. */
  readonly language?: string;
  /** The history asks for a summary of other words: an engine that only answers callers must fail. */
  readonly forSummary?: boolean;
}

export interface LlmProvider {
  readonly id: string;
  /** It can be asked to sum up a conversation; absent where it only answers callers. */
  readonly canSummarise?: boolean;
  /** Streams one answer. Throws ProviderError, or the signal's reason when aborted. */
  reply(history: readonly ChatMessage[], options: LlmOptions): AsyncIterable<LlmChunk>;
  /** Its first words, where it has some of its own and the settings leave the greeting open. */
  opening?(language?: string): string;
  close?(): Promise<void>;
}

export const EMOTIONS = ['neutral', 'happy', 'sad', 'angry', 'calm', 'excited', 'whisper'] as const;
export type Emotion = (typeof EMOTIONS)[number];

export interface Voice {
  readonly id: string;
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  readonly gender?: 'female' | 'male';
}

/** How to speak; each engine does what it can of it. */
export interface Prosody {
  readonly voice?: string;
  /** 1 is normal. */
  readonly speed?: number;
  /** 1 is normal. */
  readonly pitch?: number;
  readonly emotion?: Emotion;
  /** BCP 47. */
  readonly language?: string;
}

/** Voices by the language of what is said, BCP 47; a language's own tag goes before its first part. */
export type VoicesByLanguage = Readonly<Record<string, string>>;

export interface SpeakOptions extends Prosody {
  readonly signal: AbortSignal;
  /** Opus is taken as it is, where the engine answers in it; absent: as samples. */
  readonly takesOpus?: boolean;
}

/**
 * Audio, or a word with its start from the beginning of this utterance's audio, in ms. Opus comes only to those who take
 * it: packets of `FRAME_MS` each; `begins`: the first of its stream, whose coder starts from nothing.
 */
export type SpeechChunk =
  | { readonly kind: 'audio'; readonly samples: Int16Array }
  | { readonly kind: 'opus'; readonly packet: Uint8Array; readonly begins: boolean }
  | { readonly kind: 'word'; readonly text: string; readonly atMs: number };

export interface TtsProvider {
  readonly id: string;
  /** Hz of all samples that `speak` gives. */
  readonly rate: number;
  /** That it can show, if only roughly; absent: none. */
  readonly emotions?: readonly Emotion[];
  voices(): Promise<readonly Voice[]>;
  /**
   * Speaks one piece of text (a clause or sentence), streaming. Pieces of one reply are asked for ahead, one after
   * another, and played in order. Throws ProviderError, or the signal's reason when aborted.
   */
  speak(text: string, options: SpeakOptions): AsyncIterable<SpeechChunk>;
  close?(): Promise<void>;
}

/** One choice of `auto`, with the reason said to people at start and in the page. */
export interface EngineChoice {
  readonly stage: 'vad' | 'asr' | 'llm' | 'tts';
  readonly engine: string;
  readonly reason: string;
  /** True where the engine is the no-key, no-download fallback. */
  readonly lite: boolean;
}
