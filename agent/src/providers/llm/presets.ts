import { type Clock, raceAbort } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';

/** A server of OpenAI's API that is known by name. */
export interface LlmPreset {
  /** Where it is documented to be. Of several, it is at the first that answers. */
  readonly urls: readonly [string, ...string[]];
  /** It serves no one without a key, and many models: this page lists them. Absent: it runs on this machine. */
  readonly models?: string;
}

/** Each address is the one that the page above it names. */
export const LLM_PRESETS: Readonly<Record<string, LlmPreset>> = {
  // https://ollama.com/blog/openai-compatibility
  ollama: { urls: ['http://localhost:11434/v1'] },
  // https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md says 9931; it was 8080 in the releases
  // before https://github.com/ggml-org/llama.cpp/pull/26508 came true.
  'llama.cpp': { urls: ['http://localhost:9931/v1', 'http://localhost:8080/v1'] },
  // https://docs.vllm.ai/en/v0.8.1/serving/openai_compatible_server.html
  vllm: { urls: ['http://localhost:8000/v1'] },
  // https://api-docs.deepseek.com/
  deepseek: { urls: ['https://api.deepseek.com'], models: 'https://api-docs.deepseek.com' },
  // https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope: this is Singapore; keys
  // belong to a region, and the others have addresses of their own.
  qwen: {
    urls: ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1'],
    models: 'https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope',
  },
  // https://openrouter.ai/docs/quick-start
  openrouter: { urls: ['https://openrouter.ai/api/v1'], models: 'https://openrouter.ai/models' },
};

/** A server on this machine answers at once, or not at all. */
const LOOK_TIMEOUT_MS = 1000;

/** Which of a preset's addresses lists models; the first where none does yet. None is shown a key meanwhile. */
export async function addressOf(
  { urls }: LlmPreset,
  { signal, clock }: { signal: AbortSignal; clock: Clock },
): Promise<string> {
  if (urls.length === 1) return urls[0];
  for (const url of urls) {
    const deadline = new Deadline({ stage: 'llm', ms: LOOK_TIMEOUT_MS, parent: signal, clock });
    try {
      const { ok, status, body } = await raceAbort(
        fetch(`${url}/models`, { signal: deadline.signal }),
        deadline.signal,
      );
      await body?.cancel();
      if (ok || status === 401) return url;
    } catch {
      // nothing listens there
    } finally {
      deadline.close();
    }
  }
  return urls[0];
}
