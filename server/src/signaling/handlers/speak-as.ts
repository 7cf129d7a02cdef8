import type { Handler } from '../handler.ts';

export const speakAs: Handler<'speak-as'> = async (wishes, visit) => {
  const { room, caller } = visit.place;
  await room.speakAs(caller, wishes);
  return {};
};
