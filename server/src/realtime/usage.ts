import type { RealtimeResponseUsage } from 'openai/resources/realtime/realtime';
import type { Item } from './protocol.ts';

/** As the protocol's makers count audio: a token for each 100 ms in and each 50 ms out. */
const MS_PER_TOKEN = { in: 100, out: 50 } as const;
const CHARACTERS_PER_TOKEN = 4;

/** What a response amounts to, by the protocol's rule of thumb: audio by its length, text by its characters. */
export function usageOf(of: { heardMs: number; saidMs: number; output: readonly Item[] }): RealtimeResponseUsage {
  const heard = Math.ceil(of.heardMs / MS_PER_TOKEN.in);
  const said = Math.ceil(of.saidMs / MS_PER_TOKEN.out);
  const text = Math.ceil(of.output.reduce((sum, item) => sum + charactersOf(item), 0) / CHARACTERS_PER_TOKEN);
  return {
    total_tokens: heard + said + text,
    input_tokens: heard,
    output_tokens: said + text,
    input_token_details: { audio_tokens: heard, text_tokens: 0, cached_tokens: 0 },
    output_token_details: { audio_tokens: said, text_tokens: text },
  };
}

function charactersOf(item: Item): number {
  if (item.type === 'function_call') return item.arguments.length;
  if (item.type !== 'message' || item.role !== 'assistant') return 0;
  return item.content.reduce((sum, { text = '', transcript = text }) => sum + transcript.length, 0);
}
