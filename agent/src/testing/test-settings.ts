import type { EngineSettings, SessionSettings } from '../contracts/index.ts';

type Parts = { readonly [Stage in keyof EngineSettings]?: Partial<EngineSettings[Stage]> };

/** Settings as a server without any configuration has them, with these parts of them changed. */
export const testSettings = (parts: Parts = {}): EngineSettings => ({
  vad: { engine: 'silero-v6', ...parts.vad },
  // Whatever is installed on this machine.
  turn: { engine: 'none', ...parts.turn },
  asr: { engine: 'auto', sherpa: {}, funasr: {}, timeoutMs: 15_000, ...parts.asr },
  llm: { engine: 'auto', local: {}, maxTokens: 400, timeoutMs: 20_000, ...parts.llm },
  tts: { engine: 'auto', format: 'pcm', sherpa: {}, timeoutMs: 15_000, ...parts.tts },
  openai: { ...parts.openai },
});

/** A conversation with fixed times, nothing said first and nothing prepared ahead, with these parts changed. */
export const sessionSettings = (parts: Partial<SessionSettings> = {}): SessionSettings => ({
  instructions: 'Be brief.',
  greeting: '',
  prosody: {},
  inlineEmotions: true,
  contextTokens: 1000,
  turnPreset: 'balanced',
  speculation: false,
  answers: 'every-turn',
  names: ['Parley'],
  silenceWatchdogMs: 0,
  toolFillerMs: 0,
  summarise: false,
  idlePromptMs: 0,
  idlePrompts: 2,
  maxCallMs: 0,
  ...parts,
});
