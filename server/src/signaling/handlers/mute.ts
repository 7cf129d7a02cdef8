import type { Handler } from '../handler.ts';

export const mute: Handler<'mute'> = async ({ muted }, visit) => {
  const { room, caller } = visit.place;
  await room.mute(caller, muted);
  return {};
};
