const TAKES_KEYWORDS = /^gpt-(live-)?transcribe/;
const TAKES_NONE = /^gpt-realtime-whisper|diarize/;

/** Words that are likely to be said, as each family of OpenAI's models takes them. */
export function openAiHints(
  model: string,
  hints: readonly string[] = [],
): { readonly prompt?: string; readonly keywords?: string[] } {
  if (hints.length === 0 || TAKES_NONE.test(model)) return {};
  return TAKES_KEYWORDS.test(model) ? { keywords: [...hints] } : { prompt: hints.join(', ') };
}
