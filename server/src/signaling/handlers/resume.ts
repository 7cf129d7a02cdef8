import { entered, snapshot } from '../entered.ts';
import { RequestRefused } from '../errors.ts';
import type { Handler } from '../handler.ts';

export const resume: Handler<'resume'> = ({ secret, seen, silentMs }, visit) => {
  if (visit.joined) throw new RequestRefused('already-joined', 'leave before resuming another call');
  const anew = seen === undefined;
  const entry = visit.rooms.resume({ secret, anew, silentMs });
  const missed = anew ? undefined : entry.room.news.since(seen);
  visit.enter(entry, { missed: missed ?? [] });
  const { muted } = entry.caller;
  return { ...entered(entry, visit), muted, ...(!missed && { snapshot: snapshot(entry) }) };
};
