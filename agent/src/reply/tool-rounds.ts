import type { ChatMessage, ToolCall } from '../contracts/index.ts';
import { cost, cutTogether } from './tokens.ts';

/** An answer's calls of tools, made at once, and what came back: by place, absent while it has not. */
export interface ToolRound {
  readonly content: string;
  readonly calls: readonly ToolCall[];
  readonly results: readonly (string | undefined)[];
}

/** Stands for a result that did not come before the answer was cut: models refuse calls without one. */
export const NO_RESULT = 'No result: the answer was interrupted before it came.';
/** Arguments cannot be cut, as they are JSON. */
const LONG_ARGS = '{"left out":"too long"}';

/** From messages as they go to a model: calls, each followed by its results. */
export function readRounds(messages: readonly ChatMessage[]): ToolRound[] {
  let rounds: readonly ToolRound[] = [];
  for (const message of messages) {
    if (message.role === 'tool') rounds = withResult(rounds, message.toolCallId, message.content);
    if (message.role !== 'assistant' || !message.toolCalls?.length) continue;
    const { content, toolCalls: calls } = message;
    rounds = [...rounds, { content, calls: [...calls], results: calls.map(() => undefined) }];
  }
  return [...rounds];
}

/** The latest call with this id that has no result gets it; a second result, or one for no call, changes nothing. */
export function withResult(rounds: readonly ToolRound[], callId: string, content: string): readonly ToolRound[] {
  const isOpen = ({ calls, results }: ToolRound, i: number): boolean =>
    calls[i]?.id === callId && results[i] === undefined;
  const at = rounds.findLastIndex((round) => round.calls.some((_, i) => isOpen(round, i)));
  const round = rounds[at];
  if (!round) return rounds;
  const place = round.calls.findIndex((_, i) => isOpen(round, i));
  return rounds.with(at, { ...round, results: round.results.with(place, content) });
}

/**
 * What is known of a turn's tools with what is told anew of them. Rounds of an earlier answer to the same turn stay:
 * what its tools did is done. A result that is known is not forgotten.
 */
export function mergeRounds(known: readonly ToolRound[], told: readonly ToolRound[]): ToolRound[] {
  const keyOf = ({ calls }: ToolRound): string => JSON.stringify(calls);
  const rest = [...known];
  const merged = told.map((round) => {
    const at = rest.findIndex((other) => keyOf(other) === keyOf(round));
    const [same] = at < 0 ? [] : rest.splice(at, 1);
    return same ? { ...round, results: round.results.map((result, i) => result ?? same.results[i]) } : round;
  });
  return [...rest, ...merged];
}

/** With results cut, the longest most, to take no more than so many tokens together; and as much for the arguments. */
export function fitRounds(rounds: readonly ToolRound[], tokens: number): ToolRound[] {
  const results = rounds.flatMap((round) => round.results.filter((result) => result !== undefined));
  const fitted = cutTogether(results, tokens).values();
  let argsLeft = tokens;
  const fitArgs = (call: ToolCall): ToolCall => {
    argsLeft -= cost(call.args);
    return argsLeft >= 0 ? call : { ...call, args: LONG_ARGS };
  };
  return rounds.map((round) => ({
    ...round,
    calls: round.calls.map(fitArgs),
    results: round.results.map((result) => (result === undefined ? undefined : fitted.next().value)),
  }));
}

/** As they go to a model: each call has a result. */
export const roundMessages = (rounds: readonly ToolRound[]): ChatMessage[] =>
  rounds.flatMap(({ content, calls, results }): ChatMessage[] => [
    { role: 'assistant', content, toolCalls: calls },
    ...calls.map(({ id }, i) => ({ role: 'tool' as const, toolCallId: id, content: results[i] ?? NO_RESULT })),
  ]);
