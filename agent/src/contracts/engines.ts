/** Which engine serves each stage, and how to reach it. Defaults live in the server's config schema. */
export interface EngineSettings {
  readonly vad: VadSettings;
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

export const VAD_ENGINES = ['silero-v6', 'silero-v4'] as const;
export const ASR_ENGINES = ['auto', 'openai', 'pocketsphinx'] as const;
export const LLM_ENGINES = ['auto', 'openai', 'scripted'] as const;
export const TTS_ENGINES = ['auto', 'openai', 'espeak'] as const;

export interface VadSettings {
  readonly engine: (typeof VAD_ENGINES)[number];
}

export interface AsrSettings extends OpenAiAccess {
  readonly engine: (typeof ASR_ENGINES)[number];
  readonly model: string;
  /** ms without an answer before the request counts as failed. */
  readonly timeoutMs: number;
}

export interface LlmSettings extends OpenAiAccess {
  readonly engine: (typeof LLM_ENGINES)[number];
  readonly model: string;
  readonly temperature?: number;
  readonly maxTokens: number;
  readonly timeoutMs: number;
}

export interface TtsSettings extends OpenAiAccess {
  readonly engine: (typeof TTS_ENGINES)[number];
  readonly model: string;
  /** What OpenAI-compatible speech is asked for: 24 kHz PCM, or Ogg Opus (a tenth of the bytes). */
  readonly format: 'pcm' | 'opus';
  readonly timeoutMs: number;
}
