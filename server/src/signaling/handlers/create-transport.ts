import type { Handler } from '../handler.ts';

export const createTransport: Handler<'create-transport'> = async ({ direction }, visit) => {
  const { caller } = visit.place;
  return { ...(await caller.createTransport(direction, await visit.addresses())), iceServers: visit.iceServers };
};
