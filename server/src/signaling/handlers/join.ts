import { entered, snapshot } from '../entered.ts';
import { RequestRefused } from '../errors.ts';
import type { Handler } from '../handler.ts';

export const join: Handler<'join'> = async (message, visit) => {
  if (visit.joined) throw new RequestRefused('already-joined', 'leave before joining another room');
  const entry = await visit.join(message);
  visit.enter(entry);
  return { ...entered(entry, visit), ...snapshot(entry) };
};
