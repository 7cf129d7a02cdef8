import type { OpenAiAccess } from '../../contracts/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { isOpenAiItself, openAiClient } from '../openai/client.ts';

/** A server that is slow to list its models is believed to have the one that is named. */
const LIST_TIMEOUT_MS = 2000;
/** OpenAI's own names, which nobody chose for another server: they are the settings' default. */
const OPENAI_NAME = /^(?:gpt-|chatgpt-|o\d)/;
const NOT_FOR_CHAT = /embed|rerank|whisper|tts/i;

/**
 * The model to ask a compatible server for. Where it does not offer the default, which is OpenAI's, its own first one:
 * Ollama then works with nothing but its address. `note` says so.
 */
export async function modelAtHand(
  access: OpenAiAccess,
  model: string,
  { signal, clock }: { signal: AbortSignal; clock: Clock },
): Promise<{ model: string; note?: string }> {
  if (isOpenAiItself(access) || !OPENAI_NAME.test(model)) return { model };
  const deadline = new Deadline({ stage: 'llm', ms: LIST_TIMEOUT_MS, parent: signal, clock });
  try {
    const { data } = await openAiClient(access, LIST_TIMEOUT_MS).models.list({ signal: deadline.signal });
    const offered = data.map(({ id }) => id);
    const own = offered.find((id) => !NOT_FOR_CHAT.test(id));
    if (own === undefined || offered.includes(model)) return { model };
    return { model: own, note: `it does not offer ${model}, so its ${own} answers` };
  } catch {
    return { model }; // not every server lists its models; the first reply says what is wrong
  } finally {
    deadline.close();
  }
}
