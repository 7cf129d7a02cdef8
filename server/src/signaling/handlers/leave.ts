import type { Handler } from '../handler.ts';

/** Leaving from nowhere is fine: the room may have ended while the request was on its way. */
export const leave: Handler<'leave'> = (_, visit) => {
  visit.leave();
  return {};
};
