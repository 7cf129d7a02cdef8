import type { NoticeName, NoticeOf } from '@parley/signaling/protocol';
import type { Caller, Room, RoomEnd, RoomEvents } from '../rooms/index.ts';

export type Notify = <N extends NoticeName>(name: N, notice: NoticeOf<N>) => void;

const ENDINGS: Readonly<Record<RoomEnd, { message: string; rejoin: boolean }>> = {
  'room-closed': { message: 'The room was closed.', rejoin: false },
  'media-worker-died': { message: 'The media worker of this call failed. Join again to go on.', rejoin: true },
  'agent-failed': { message: 'The agent of this call failed. Join again to go on.', rejoin: true },
  idle: { message: 'Nobody spoke for a while, so the agent ended the call.', rejoin: false },
  'time-limit': { message: 'The call has reached its time limit.', rejoin: false },
  shutdown: { message: 'The server is shutting down.', rejoin: false },
};

const UNREACHABLE: NoticeOf<'problem'> = {
  code: 'media-failed',
  message: 'No audio comes through between you and the server: its media port may be blocked.',
  retryable: true,
};

/** Tells one caller what happens in its room. The returned function stops it. */
export function relayRoom(room: Room, caller: Caller, notify: Notify): () => void {
  const { events } = room;
  const others = (peerId: string): boolean => peerId !== caller.id;
  const stops = [
    events.on('agent', (event) => relayAgent(event, caller, notify)),
    events.on('caller-joined', ({ id, displayName }) => {
      if (others(id)) notify('peer-joined', { peerId: id, displayName });
    }),
    events.on('caller-left', ({ id }) => {
      if (others(id)) notify('peer-left', { peerId: id });
    }),
    events.on('producer-added', (producer) => {
      if (others(producer.peerId)) notify('producer-added', producer);
    }),
    events.on('producer-removed', ({ producerId, peerId }) => {
      if (others(peerId)) notify('producer-removed', { producerId });
    }),
    events.on('unreachable', ({ id }) => {
      if (!others(id)) notify('problem', UNREACHABLE);
    }),
    events.on('closed', (reason) => notify('call-ended', { reason, ...ENDINGS[reason] })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function relayAgent(event: RoomEvents['agent'], caller: Caller, notify: Notify): void {
  switch (event.type) {
    case 'agent-state':
      notify('agent-state', { state: event.state });
      break;
    case 'transcript': {
      const { type: _, ...notice } = event;
      notify('transcript', notice);
      break;
    }
    case 'reply-text': {
      const { type: _, ...notice } = event;
      notify('reply-text', notice);
      break;
    }
    case 'turn-metrics':
      notify('turn-metrics', { turn: event.turn, figures: event.figures });
      break;
    case 'tool': {
      const { type: _, ...notice } = event;
      notify('tool', notice);
      break;
    }
    case 'client-tool-call': {
      const { call, name, args } = event;
      if (event.callerId === caller.id) notify('tool-call', { call, name, args });
      break;
    }
    case 'client-tool-cancelled':
      if (event.callerId === caller.id) notify('tool-cancelled', { call: event.call });
      break;
    case 'error': {
      const { type: _, ...notice } = event;
      notify('problem', notice);
      break;
    }
  }
}
