import type { CallDetails, CallTurn, Said } from './library.ts';

/** Who said what in a turn, with a key of its own. */
export interface Line {
  readonly key: string;
  readonly turn: CallTurn;
  readonly said: Said;
}

/** In the order in which they began. */
export const linesOf = ({ turns }: CallDetails): readonly Line[] =>
  turns
    .flatMap((turn) => turn.said.map((said, at) => ({ key: `${turn.turn}/${at}`, turn, said })))
    .sort((a, b) => a.said.startedMs - b.said.startedMs);

/** The last line that has begun at this time of the recording. */
export const lineAt = (lines: readonly Line[], ms: number): Line | undefined =>
  lines.findLast(({ said }) => said.startedMs <= ms);

/** How many words of it have been said by then. */
export const wordsSaid = ({ words }: Said, ms: number): number => {
  const next = words.findIndex(({ atMs }) => atMs > ms);
  return next === -1 ? words.length : next;
};

/** `m:ss`. */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
