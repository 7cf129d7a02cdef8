import type { Handler } from '../handler.ts';

export const text: Handler<'text'> = (message, visit) => {
  const { room, caller } = visit.place;
  room.text(caller, message.text);
  return {};
};
