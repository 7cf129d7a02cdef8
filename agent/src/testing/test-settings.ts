import type { EngineSettings } from '../contracts/index.ts';

type Parts = { readonly [Stage in keyof EngineSettings]?: Partial<EngineSettings[Stage]> };

/** Settings as a server without any configuration has them, with these parts of them changed. */
export const testSettings = (parts: Parts = {}): EngineSettings => ({
  vad: { engine: 'silero-v6', ...parts.vad },
  asr: { engine: 'auto', model: 'gpt-4o-mini-transcribe', timeoutMs: 15_000, ...parts.asr },
  llm: { engine: 'auto', model: 'gpt-4o-mini', maxTokens: 400, timeoutMs: 20_000, ...parts.llm },
  tts: { engine: 'auto', model: 'gpt-4o-mini-tts', format: 'pcm', timeoutMs: 15_000, ...parts.tts },
  openai: { ...parts.openai },
});
