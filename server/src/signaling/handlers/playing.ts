import type { Handler } from '../handler.ts';

export const playing: Handler<'playing'> = (_, visit) => {
  visit.place.caller.playing();
  return {};
};
