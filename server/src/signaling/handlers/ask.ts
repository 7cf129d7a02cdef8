import type { Handler } from '../handler.ts';

export const ask: Handler<'ask'> = (_, visit) => {
  const { room, caller } = visit.place;
  room.ask(caller);
  return {};
};
