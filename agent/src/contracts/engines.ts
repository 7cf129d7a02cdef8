import type { ProviderFailure } from './errors.ts';

/** Which engine serves each stage, and how to reach it. Defaults live in the server's config schema. */
export interface EngineSettings {
  readonly vad: VadSettings;
  readonly turn: TurnSettings;
  readonly asr: AsrSettings;
  readonly llm: LlmSettings;
  readonly tts: TtsSettings;
  /** For every stage that does not name its own. */
  readonly openai: OpenAiAccess;
}

export interface OpenAiAccess {
  readonly apiKey?: string;
  /** e.g. `http://localhost:11434/v1`; absent for OpenAI itself. */
  readonly baseUrl?: string;
}

export const VAD_ENGINES = ['silero-v6', 'silero-v4', 'webrtc'] as const;
export const TURN_ENGINES = ['auto', 'smart-turn', 'none'] as const;
export const ASR_ENGINES = ['openai', 'openai-realtime', 'funasr', 'sherpa', 'pocketsphinx'] as const;
/** All but the last two are servers that speak OpenAI's API. */
export const LLM_ENGINES = [
  'openai',
  'ollama',
  'llama.cpp',
  'vllm',
  'deepseek',
  'qwen',
  'openrouter',
  'local',
  'scripted',
] as const;
export const TTS_ENGINES = ['openai', 'google', 'edge', 'coqui', 'sherpa', 'espeak'] as const;

/** Where no model is named. `realtime`: OpenAI's own advice for live audio, as it writes while it listens. */
export const OPENAI_MODELS = {
  asr: 'gpt-4o-mini-transcribe',
  realtime: 'gpt-live-transcribe',
  llm: 'gpt-4o-mini',
  tts: 'gpt-4o-mini-tts',
} as const;

/** Recognisers by what sherpa-onnx calls them. Those that stream give partials while the caller speaks. */
export const SHERPA_ASR_KINDS = [
  'streaming-transducer',
  'streaming-zipformer-ctc',
  'streaming-nemo-ctc',
  'streaming-paraformer',
  'sense-voice',
  'whisper',
  'moonshine',
  'paraformer',
  'transducer',
  'nemo-transducer',
  'zipformer-ctc',
  'nemo-ctc',
] as const;
export type SherpaAsrKind = (typeof SHERPA_ASR_KINDS)[number];

/** `vits` is also what Piper, Coqui and MeloTTS make. */
export const SHERPA_TTS_KINDS = ['kokoro', 'kitten', 'matcha', 'vits'] as const;
export type SherpaTtsKind = (typeof SHERPA_TTS_KINDS)[number];

export interface SherpaSettings<Kind extends string = string> {
  /** A folder, or the name of a model that `npm run models` put into the cache. */
  readonly model?: string;
  /** Where a folder holds several. */
  readonly kind?: Kind;
  /** Of one inference. */
  readonly threads?: number;
}

/** `2pass`: words at once, corrected at the end of the utterance. `offline`: only at its end. */
export const FUNASR_MODES = ['2pass', 'online', 'offline'] as const;
export type FunAsrMode = (typeof FUNASR_MODES)[number];
export const FUNASR_MODE: FunAsrMode = '2pass';

export interface FunAsrSettings {
  readonly mode?: FunAsrMode;
  /** Accepts any certificate. */
  readonly anyCertificate?: boolean;
  /** A PEM file with the certificates to trust in place of the usual ones. */
  readonly ca?: string;
}

/**
 * One engine of several. What it leaves out, it takes from its stage; a server of its own gets its own key or none.
 * `kind` and `threads` are sherpa's, `threads` local's too.
 */
export interface EngineEntry<Name extends string> extends OpenAiAccess, FunAsrSettings, SherpaSettings {
  readonly engine: Name;
  readonly model?: string;
  /** Speech only: what this engine calls the voice. */
  readonly voice?: string;
}

/** Of a conversation with a model on this machine, where nothing else is set: about 120 MB for each of two at once. */
export const LOCAL_CONTEXT_TOKENS = 4096;

export interface LocalLlmSettings {
  /** A GGUF file, or the name of a model that `npm run models` put into the cache. */
  readonly model?: string;
  /** Of one inference. */
  readonly threads?: number;
  readonly contextTokens?: number;
}

/** One engine, the best at hand, or several, which are tried in order. */
export type EngineList<Name extends string> = Name | 'auto' | readonly (Name | EngineEntry<Name>)[];

export interface VadSettings {
  readonly engine: (typeof VAD_ENGINES)[number];
}

export interface TurnSettings {
  /** `auto`: Smart Turn as soon as its file is there. */
  readonly engine: (typeof TURN_ENGINES)[number];
  /** Path of its file, in place of the one that is downloaded. */
  readonly model?: string;
}

export interface AsrSettings extends OpenAiAccess {
  readonly engine: EngineList<(typeof ASR_ENGINES)[number]>;
  readonly model?: string;
  readonly sherpa: SherpaSettings<SherpaAsrKind>;
  readonly funasr: FunAsrSettings;
  /** ms without an answer before the request counts as failed. */
  readonly timeoutMs: number;
}

export interface LlmSettings extends OpenAiAccess {
  readonly engine: EngineList<(typeof LLM_ENGINES)[number]>;
  readonly model?: string;
  readonly local: LocalLlmSettings;
  readonly temperature?: number;
  readonly maxTokens: number;
  readonly timeoutMs: number;
}

export interface TtsSettings extends OpenAiAccess {
  readonly engine: EngineList<(typeof TTS_ENGINES)[number]>;
  readonly model?: string;
  readonly sherpa: SherpaSettings<SherpaTtsKind>;
  /** What OpenAI-compatible speech is asked for: 24 kHz PCM, or Ogg Opus (a tenth of the bytes). */
  readonly format: 'pcm' | 'opus';
  readonly timeoutMs: number;
}

/** The stages whose engines can fail a call, and be followed by others. */
export type ServedStage = 'asr' | 'llm' | 'tts';

/** Whether an engine is used; false while it is passed over because it keeps failing, and where it could not be made. */
export interface EngineHealth {
  readonly stage: ServedStage;
  readonly engine: string;
  readonly up: boolean;
  /** It could not be made: nothing can be asked of it. */
  readonly missing?: true;
}

/** An engine failed a call, and the next one of its stage took over. */
export interface EngineFallback {
  readonly stage: ServedStage;
  readonly from: string;
  readonly to: string;
  readonly reason: ProviderFailure;
}
