import type { OpenAiAccess } from '../contracts/index.ts';

/** What can be set for a server. */
type Setting = keyof OpenAiAccess | 'model';

export interface EngineFacts {
  /** What people call it. */
  readonly title: string;
  /** Engines of one vendor share their stage's key and server, of several none. */
  readonly vendor: string;
  /** Empty for what runs on this machine. */
  readonly takes: readonly Setting[];
  /** It has no address of its own. */
  readonly needsUrl?: true;
}

const ALL: readonly Setting[] = ['apiKey', 'baseUrl', 'model'];

const FACTS: Readonly<Record<string, Omit<EngineFacts, 'vendor'> & { readonly vendor?: string }>> = {
  openai: { title: 'OpenAI', takes: ALL },
  'openai-realtime': { title: 'OpenAI Realtime', vendor: 'openai', takes: ALL },
  funasr: { title: 'FunASR', takes: ['apiKey', 'baseUrl'], needsUrl: true },
  ollama: { title: 'Ollama', takes: ALL },
  'llama.cpp': { title: 'llama.cpp', takes: ALL },
  vllm: { title: 'vLLM', takes: ALL },
  deepseek: { title: 'DeepSeek', takes: ALL },
  qwen: { title: 'Qwen', takes: ALL },
  openrouter: { title: 'OpenRouter', takes: ALL },
  google: { title: 'Google Cloud', takes: ALL },
  edge: { title: 'Edge-TTS', takes: ['baseUrl'] },
  coqui: { title: 'Coqui', takes: ['baseUrl'], needsUrl: true },
  sherpa: { title: 'sherpa-onnx', takes: [] },
  local: { title: 'llama.cpp on this machine', takes: [] },
  pocketsphinx: { title: 'PocketSphinx, in English', takes: [] },
  scripted: { title: 'a small script', takes: [] },
  espeak: { title: 'eSpeak NG', takes: [] },
};

export const factsOf = (engine: string): EngineFacts => ({
  title: engine,
  vendor: engine,
  takes: [],
  ...FACTS[engine],
});
