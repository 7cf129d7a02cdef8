import type { AgentState } from '../contracts/index.ts';
import type { TurnState } from '../turns/index.ts';

const SHOWN: Readonly<Record<TurnState['kind'], AgentState>> = {
  idle: 'listening',
  hearing: 'listening',
  deciding: 'listening',
  thinking: 'thinking',
  speaking: 'speaking',
  overlapped: 'speaking',
  held: 'speaking',
  closed: 'idle',
};

/** What callers see of the turn machine. */
export const shownState = (state: TurnState): AgentState =>
  state.kind === 'held' && state.unheard ? 'thinking' : SHOWN[state.kind];
