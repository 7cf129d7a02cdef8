import type { Handler } from '../handler.ts';

export const toolResult: Handler<'tool-result'> = ({ call, result = '', error }, visit) => {
  const { room, caller } = visit.place;
  room.toolResult(caller, error === undefined ? { call, result } : { call, error });
  return {};
};
