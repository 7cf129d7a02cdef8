import type { Handler } from '../handler.ts';

export const interrupt: Handler<'interrupt'> = (_, visit) => {
  visit.place.room.interrupt();
  return {};
};
