import type { Handler } from '../handler.ts';

export const playout: Handler<'playout'> = ({ delayMs }, visit) => {
  const { room, caller } = visit.place;
  room.playout(caller, delayMs);
  return {};
};
