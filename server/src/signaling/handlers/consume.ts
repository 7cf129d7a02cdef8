import type { RtpCapabilities } from '../../rooms/index.ts';
import { RequestRefused } from '../errors.ts';
import type { Handler } from '../handler.ts';

export const consume: Handler<'consume'> = async ({ transportId, producerId, rtpCapabilities }, visit) => {
  const { room, caller } = visit.place;
  const wanted = room.producers.find((each) => each.producerId === producerId && each.peerId !== caller.id);
  if (!wanted) throw new RequestRefused('not-found', 'no such producer in this room');
  const consumer = await caller.consume(transportId, producerId, rtpCapabilities as RtpCapabilities);
  return { consumerId: consumer.id, producerId, kind: 'audio', rtpParameters: consumer.rtpParameters };
};
