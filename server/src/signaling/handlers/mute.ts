import type { Handler } from '../handler.ts';

export const mute: Handler<'mute'> = async ({ muted }, visit) => {
  await visit.place.caller.setMuted(muted);
  return {};
};
