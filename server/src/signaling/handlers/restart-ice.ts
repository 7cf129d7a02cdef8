import type { Handler } from '../handler.ts';

export const restartIce: Handler<'restart-ice'> = async ({ transportId }, visit) => ({
  iceParameters: { ...(await visit.place.caller.restartIce(transportId)) },
  iceServers: visit.iceServers,
});
