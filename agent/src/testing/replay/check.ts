import type { SessionEvent } from '../../contracts/index.ts';
import { checkVoice } from './check-voice.ts';
import type { Scene } from './scene.ts';
import type { Expectations } from './schema-expect.ts';
import { EXACT, type Seen, type Tolerance } from './seen.ts';

/** What did not come as the scene expects: a sentence each, with what was seen; none where all is well. */
export function check(scene: Scene, seen: Seen, tolerance: Tolerance = EXACT): string[] {
  const { expect } = scene;
  const never = scene.script.flatMap(({ say, sound, id }) =>
    (say ?? sound) !== undefined && id && !seen.lines.has(id) ? [id] : [],
  );
  return [
    ...never.map((id) => `line "${id}" was never said: the moment that it waits for did not come`),
    ...checkWords(expect, seen, tolerance),
    ...checkReplies(expect, seen),
    ...checkEvents(expect, seen),
    ...checkVoice(expect, seen, tolerance),
  ];
}

function checkWords({ turns, requests, history }: Expectations, seen: Seen, { droppedGuesses }: Tolerance): string[] {
  const all = seen.requests.map(({ user }) => user);
  const asked = droppedGuesses ? withoutGuesses(all, requests, seen) : all;
  return [
    ...differs('turns', turns, turnsOf(seen)),
    ...(typeof requests === 'number'
      ? differs('requests', requests, asked.length, ` (${JSON.stringify(asked)})`)
      : differs('requests', requests, asked)),
    ...differs('history', history, historyOf(seen)),
  ];
}

/** Without as many of those that are not expected as there were dropped guesses. */
function withoutGuesses(asked: readonly string[], expected: Expectations['requests'], { events }: Seen): string[] {
  let guesses = events.filter(({ event }) => event.type === 'speculation' && event.outcome === 'dropped').length;
  if (typeof expected === 'number') return asked.slice(Math.min(guesses, Math.max(0, asked.length - expected)));
  const missing = [...(expected ?? asked)];
  return asked.filter((user) => {
    if (user !== missing[0]) return guesses-- <= 0;
    missing.shift();
    return true;
  });
}

/** Final words by turn, without turns that had none. */
function turnsOf({ events }: Seen): string[] {
  const turns = new Map<number, Map<string, string>>();
  for (const { event } of events) {
    if (event.type !== 'transcript' || !event.final) continue;
    const callers = turns.get(event.turn) ?? new Map<string, string>();
    turns.set(event.turn, callers.set(event.callerId, event.text));
  }
  const inOrder = [...turns].sort(([a], [b]) => a - b);
  return inOrder.map(([, callers]) => [...callers.values()].filter(Boolean).join(' ')).filter((text) => text !== '');
}

function historyOf({ requests }: Seen): string[] {
  const messages = requests.at(-1)?.messages.filter(({ role }) => role !== 'system') ?? [];
  return messages.map((message) => {
    const named = message.role === 'user' && message.name ? ` (${message.name})` : '';
    return `${message.role}${named}: ${message.content}`;
  });
}

export interface HeardReply {
  readonly text: string;
  readonly ending: 'full' | 'cut' | 'unfinished';
}

/** Every reply of which audio left, with what captions have of it at the end. */
export function repliesOf({ events, spoken }: Seen): HeardReply[] {
  return spoken.flatMap(({ reply }) => {
    if (reply === undefined) return [];
    const own = events.flatMap(({ event }) => (event.type === 'reply-text' && event.reply === reply ? [event] : []));
    const last = own.at(-1);
    const ending = last?.final ? (last.interrupted ? 'cut' : 'full') : 'unfinished';
    return [{ text: last?.text ?? '', ending }];
  });
}

function checkReplies({ replies, no_cut }: Expectations, seen: Seen): string[] {
  const heard = repliesOf(seen);
  const all = JSON.stringify(heard);
  const faults: string[] = [];
  if (no_cut && heard.some(({ ending }) => ending === 'cut')) faults.push(`no_cut: a reply was cut: ${all}`);
  if (!replies) return faults;
  if (replies.length !== heard.length) return [...faults, `replies: ${replies.length} expected, heard ${all}`];
  replies.forEach(({ text, starts, ending }, i) => {
    const own = heard[i] as HeardReply;
    const fits =
      own.ending === ending && (text === undefined || own.text === text) && (!starts || own.text.startsWith(starts));
    const wanted = JSON.stringify({ text, starts, ending });
    if (!fits) faults.push(`replies.${i}: ${wanted} expected, heard ${JSON.stringify(own)}`);
  });
  return faults;
}

function checkEvents(expect: Expectations, { events }: Seen): string[] {
  const all = events.map(({ event }) => event);
  const of = <T extends SessionEvent['type']>(type: T) =>
    all.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);
  const faults = [
    ...differs('state', expect.state, of('agent-state').at(-1)?.state ?? 'idle'),
    ...differs(
      'errors',
      expect.errors,
      of('error').map(({ stage }) => stage ?? 'session'),
    ),
    ...differs(
      'incidents',
      expect.incidents,
      of('incident').map(({ incident, stage }) => [incident, stage].join(' ').trim()),
    ),
  ];
  let from = 0;
  for (const part of expect.events ?? []) {
    const found = all.findIndex((event, i) => i >= from && has(event, part));
    if (found < 0) faults.push(`events: none is ${JSON.stringify(part)} after the ${from} that came before`);
    else from = found + 1;
  }
  for (const part of expect.never ?? []) {
    const found = all.find((event) => has(event, part));
    if (found) faults.push(`never: ${JSON.stringify(found)} came`);
  }
  return faults;
}

/** Every key of `part` is in `value` as it is there. */
function has(value: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return value === part;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(part).every(([key, wanted]) => has((value as Record<string, unknown>)[key], wanted));
}

function differs(what: string, wanted: unknown, seen: unknown, more = ''): string[] {
  if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(seen)) return [];
  return [`${what}: ${JSON.stringify(wanted)} expected, seen ${JSON.stringify(seen)}${more}`];
}
