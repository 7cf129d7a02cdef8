import type { RtpParameters } from '../../rooms/index.ts';
import type { Handler } from '../handler.ts';

export const produce: Handler<'produce'> = async ({ transportId, rtpParameters }, visit) => {
  const { room, caller } = visit.place;
  return { producerId: await room.produce(caller, transportId, rtpParameters as RtpParameters) };
};
