import type { Call } from '../client/call.ts';
import type { CallProblem, CallState } from '../client/state.ts';
import type { AgentState, NoticeOf, Peer } from '../protocol/index.ts';

/** A line of the conversation, as it reads now. */
export interface CallLine {
  /** Unlike any other line's. */
  readonly key: string;
  /** `caller`: any of them, you too. */
  readonly speaker: 'caller' | 'agent';
  /** Whose words they are, where a caller spoke. */
  readonly callerId?: string;
  /** Numbered within the conversation; what a caller says and the agent's reply to it have the same. */
  readonly turn: number;
  /** All of it, as far as it was recognised or heard. */
  readonly text: string;
  /** Nothing will be added. */
  readonly final: boolean;
  /** The agent was cut off; `text` is what was heard of it. */
  readonly interrupted: boolean;
}

/** All that a component may show of a call; another object whenever something has changed. */
export interface CallView {
  /** Where the call is, from `idle` to `ended`. */
  readonly state: CallState;
  /** What the agent does. */
  readonly agent: AgentState;
  /** What both sides have said, oldest first; the last 300. */
  readonly lines: readonly CallLine[];
  /** The other callers. */
  readonly peers: readonly Peer[];
  /** Latency of the last turn by stage, in ms. */
  readonly figures: NoticeOf<'turn-metrics'>['figures'];
  /** The last thing that went wrong in a call that goes on. */
  readonly problem?: CallProblem;
}

/** Lines kept; older ones go. */
const MOST_LINES = 300;

export const IDLE: CallView = { state: { kind: 'idle' }, agent: 'idle', lines: [], peers: [], figures: {} };

/** Follows one call; `onChange` gets the view after each event. The function returned stops it. */
export function viewCall(call: Call, onChange: (view: CallView) => void, before: CallView = IDLE): () => void {
  let view: CallView = { ...before, state: call.state };
  let conversation = '';
  const patch = (change: Partial<CallView>): void => {
    view = { ...view, ...change };
    onChange(view);
  };
  const put = (line: CallLine): void => patch({ lines: withLine(view.lines, line) });
  const meet = (peer: Peer): void => patch({ peers: [...without(view.peers, peer.peerId), peer] });
  const stops = [
    call.on('state', (state) => patch({ state })),
    call.on('joined', (joined) => {
      conversation = joined.conversation;
      patch({ peers: joined.peers });
    }),
    call.on('agent-state', ({ state: agent }) => patch({ agent })),
    call.on('transcript', ({ turn, callerId, text, final }) => {
      const key = `${conversation} ${turn} ${callerId}`;
      put({ key, speaker: 'caller', callerId, turn, text, final, interrupted: false });
    }),
    call.on('reply-text', ({ turn, reply, text, final, interrupted }) => {
      put({ key: `${conversation} reply ${reply}`, speaker: 'agent', turn, text, final, interrupted });
    }),
    call.on('peer-joined', meet),
    call.on('peer-changed', meet),
    call.on('peer-left', ({ peerId }) => patch({ peers: without(view.peers, peerId) })),
    call.on('turn-metrics', ({ figures }) => patch({ figures })),
    call.on('problem', (problem) => patch({ problem })),
  ];
  onChange(view);
  return () => {
    for (const stop of stops) stop();
  };
}

/** In place of the line of the same key, else at the end. A line whose words were taken back is none. */
function withLine(lines: readonly CallLine[], line: CallLine): readonly CallLine[] {
  const at = lines.findIndex(({ key }) => key === line.key);
  if (line.text.trim() === '') return at >= 0 && line.final ? lines.toSpliced(at, 1) : lines;
  return at >= 0 ? lines.with(at, line) : [...lines, line].slice(-MOST_LINES);
}

const without = (peers: readonly Peer[], peerId: string): Peer[] => peers.filter((peer) => peer.peerId !== peerId);
