import { RequestRefused } from '../errors.ts';
import type { Handler } from '../handler.ts';

export const join: Handler<'join'> = async (message, visit) => {
  if (visit.joined) throw new RequestRefused('already-joined', 'leave before joining another room');
  const { room, caller } = await visit.rooms.join(message);
  visit.enter({ room, caller });
  return {
    room: room.name,
    callerId: caller.id,
    routerRtpCapabilities: room.rtpCapabilities,
    producers: [...room.producers],
    peers: room.callers
      .filter(({ id }) => id !== caller.id)
      .map(({ id, displayName }) => ({ peerId: id, displayName })),
    agentState: room.agentState,
    engines: [...room.engines],
    answers: room.answers,
  };
};
