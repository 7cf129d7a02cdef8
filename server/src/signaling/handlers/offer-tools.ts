import { TOOL_DEFAULTS } from '@parley/signaling/protocol';
import type { Handler } from '../handler.ts';

export const offerTools: Handler<'offer-tools'> = ({ tools }, visit) => {
  const { room, caller } = visit.place;
  room.offerTools(
    caller,
    tools.map((tool) => ({ ...TOOL_DEFAULTS, ...tool })),
  );
  return {};
};
