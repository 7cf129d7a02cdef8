import type { Said } from './messages.ts';

/** Messages are forgotten so many at a time: what stays is then the same for some turns, and need not be read again. */
const STEP = 8;

/**
 * What of a conversation fits into so many tokens: its instructions and its end. The last message stays, however long.
 * `cost`: the tokens of one message.
 */
export function fit(history: readonly Said[], budget: number, cost: (said: Said) => number): readonly Said[] {
  const start = history.findIndex(({ role }) => role !== 'system');
  if (start < 0) return history;
  const [instructions, talk] = [history.slice(0, start), history.slice(start)];
  const costs = talk.map(cost);
  let left =
    budget - instructions.reduce((sum, said) => sum + cost(said), 0) - costs.reduce((sum, each) => sum + each, 0);
  let from = 0;
  for (; left < 0 && from < talk.length - 1; from++) left += costs[from] ?? 0;
  if (from > 0) from = Math.min(Math.ceil(from / STEP) * STEP, talk.length - 1);
  return [...instructions, ...talk.slice(from)];
}
