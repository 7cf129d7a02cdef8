import type { NoticeName, NoticeOf, Peer } from '@parley/signaling/protocol';
import type { CallerCard, RoomEnd, RoomEvents, RoomNews } from '../rooms/index.ts';

export type Notify = <N extends NoticeName>(name: N, notice: NoticeOf<N>, seq?: number) => void;

const ENDINGS: Readonly<Record<RoomEnd | 'taken-over', { message: string; rejoin: boolean }>> = {
  'room-closed': { message: 'The room was closed.', rejoin: false },
  'media-worker-died': { message: 'The media worker of this call failed. Join again to go on.', rejoin: true },
  'agent-failed': { message: 'The agent of this call failed. Join again to go on.', rejoin: true },
  idle: { message: 'Nobody spoke for a while, so the agent ended the call.', rejoin: false },
  'time-limit': { message: 'The call has reached its time limit.', rejoin: false },
  shutdown: { message: 'The server is shutting down.', rejoin: false },
  'taken-over': { message: 'The call goes on in another page.', rejoin: false },
};

const UNREACHABLE: NoticeOf<'problem'> = {
  code: 'media-failed',
  message: 'No audio comes through between you and the server: its media port may be blocked.',
  retryable: true,
};

export const callEnded = (reason: RoomEnd | 'taken-over'): NoticeOf<'call-ended'> => ({ reason, ...ENDINGS[reason] });

/** A caller as other pages are told. */
export const peerOf = ({ id, ...card }: CallerCard): Peer => ({ peerId: id, ...card });

/** A notice with its name. */
export type Told = { readonly [N in NoticeName]: { readonly name: N; readonly notice: NoticeOf<N> } }[NoticeName];

/** What a caller is told of these news; undefined for nothing: they are others' own, or the caller's. */
export function noticeFor(news: RoomNews, callerId: string): Told | undefined {
  switch (news.kind) {
    case 'agent':
      return agentNotice(news.event, callerId);
    case 'caller-joined':
    case 'caller-changed': {
      if (news.caller.id === callerId) return undefined;
      return { name: news.kind === 'caller-joined' ? 'peer-joined' : 'peer-changed', notice: peerOf(news.caller) };
    }
    case 'caller-left':
      return news.callerId === callerId ? undefined : { name: 'peer-left', notice: { peerId: news.callerId } };
    case 'producer-added':
      return news.producer.peerId === callerId ? undefined : { name: 'producer-added', notice: news.producer };
    case 'producer-removed': {
      const { producerId, peerId } = news.producer;
      return peerId === callerId ? undefined : { name: 'producer-removed', notice: { producerId } };
    }
    case 'unreachable':
      return news.callerId === callerId ? { name: 'problem', notice: UNREACHABLE } : undefined;
  }
}

function agentNotice(event: RoomEvents['agent'], callerId: string): Told | undefined {
  switch (event.type) {
    case 'agent-state':
      return { name: 'agent-state', notice: { state: event.state } };
    case 'transcript': {
      const { type: name, ...notice } = event;
      return { name, notice };
    }
    case 'reply-text': {
      const { type: name, corrected: _corrected, unrecorded: _unrecorded, ...notice } = event;
      return { name, notice };
    }
    case 'turn-metrics':
      return { name: 'turn-metrics', notice: { turn: event.turn, figures: event.figures } };
    case 'tool': {
      const { type: name, ...notice } = event;
      return { name, notice };
    }
    case 'client-tool-call': {
      const { call, name, args } = event;
      return event.callerId === callerId ? { name: 'tool-call', notice: { call, name, args } } : undefined;
    }
    case 'client-tool-cancelled':
      return event.callerId === callerId ? { name: 'tool-cancelled', notice: { call: event.call } } : undefined;
    case 'error': {
      const { type: _, ...notice } = event;
      return { name: 'problem', notice };
    }
  }
}
