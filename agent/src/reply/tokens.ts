import { estimateTokenCount, sliceByTokens } from 'tokenx';

/** What a message costs beyond its words, in tokens. */
const MESSAGE_OVERHEAD = 4;
const CUT = ' [cut]';

/** Of a message with this text, in tokens, by estimate. */
export const cost = (text: string): number => estimateTokenCount(text) + MESSAGE_OVERHEAD;

/** As much of the beginning as takes no more tokens than this, and a sign that there was more. */
export function cutTo(text: string, tokens: number): string {
  if (estimateTokenCount(text) <= tokens) return text;
  const kept = Math.max(0, Math.floor(tokens) - estimateTokenCount(CUT));
  return `${sliceByTokens(text, 0, kept).trimEnd()}${CUT}`;
}

/** Cuts the longest texts to one length, so that all together take no more tokens than this. */
export function cutTogether(texts: readonly string[], tokens: number): string[] {
  let left = tokens;
  const costs = texts.map(cost).sort((a, b) => a - b);
  for (const [i, smallest] of costs.entries()) {
    const share = left / (costs.length - i);
    if (smallest > share) return texts.map((text) => cutTo(text, share - MESSAGE_OVERHEAD));
    left -= smallest;
  }
  return [...texts];
}
