import { FRAME_MS } from '../../contracts/index.ts';
import type { Expectations } from './schema-expect.ts';
import { momentText } from './schema-parts.ts';
import { type LineTimes, momentIn, type Seen, type Spoken, type Tolerance, type VoiceFrame } from './seen.ts';

/** How long after a line the voice is to stay as it was, in ms. */
const UNTOUCHED_AFTER_MS = 500;

/** What is expected of the agent's voice in time. */
export function checkVoice(expect: Expectations, seen: Seen, { lateMs, softMs }: Tolerance): string[] {
  const faults: string[] = [];
  /** Those of lines that were never said are told of elsewhere. */
  const forLine = (id: string, tell: (line: LineTimes) => string | undefined): void => {
    const line = seen.lines.get(id);
    const fault = line && tell(line);
    if (fault) faults.push(fault);
  };
  for (const { line: id, within_ms, not_before_ms } of expect.answered ?? []) {
    forLine(id, (line) => answered(id, line, within_ms + lateMs, not_before_ms - lateMs, seen));
  }
  for (const { line: id, within_ms } of expect.cut ?? [])
    forLine(id, (line) => cut(id, line, within_ms + lateMs, seen));
  for (const { line: id, within_ms } of expect.ducked ?? []) {
    forLine(id, ({ from }) => soon('ducked', id, from, within_ms + lateMs, seen, isSofter));
  }
  for (const { line: id, within_ms } of expect.held ?? []) {
    forLine(id, ({ from }) => soon('held', id, from, within_ms + lateMs, seen, (frame) => !frame.spoken));
  }
  for (const { line: id, within_ms } of expect.resumed ?? [])
    forLine(id, (line) => resumed(id, line, within_ms + lateMs, seen));
  for (const id of expect.untouched ?? []) forLine(id, (line) => untouched(id, line, softMs, seen));
  for (const { from, for_ms } of expect.silent ?? []) {
    const at = momentIn(seen, from);
    const voice =
      at !== undefined &&
      seen.frames.find((frame) => frame.spoken && frame.at >= at && frame.at < at + for_ms - lateMs);
    if (at === undefined) faults.push(`silent: the moment "${momentText(from)}" did not come`);
    else if (voice) faults.push(`silent: voice ${voice.at - at} ms after "${momentText(from)}"; none for ${for_ms}`);
  }
  for (const { from, within_ms } of expect.voice ?? []) {
    const at = momentIn(seen, from);
    const voice = at === undefined ? undefined : seen.frames.find((frame) => frame.spoken && frame.at >= at);
    const late = at === undefined || !voice ? Number.POSITIVE_INFINITY : voice.at - at;
    if (late > within_ms + lateMs)
      faults.push(`voice: ${late} ms after "${momentText(from)}"; within ${within_ms} expected`);
  }
  if (expect.intact) faults.push(...seen.broken);
  return faults;
}

const isSofter = ({ spoken, gain }: VoiceFrame): boolean => !spoken || gain < 1;

function answered(
  id: string,
  { from, to }: LineTimes,
  within: number,
  notBefore: number,
  seen: Seen,
): string | undefined {
  const next = seen.spoken.find(({ reply, startedAt }) => reply !== undefined && startedAt > from);
  if (!next) return `answered: nothing after line "${id}"`;
  const late = Math.round(next.startedAt - to);
  if (late < notBefore) return `answered: ${late} ms after line "${id}"; not before ${notBefore} expected`;
  return late > within ? `answered: ${late} ms after line "${id}"; within ${within} expected` : undefined;
}

/** The speech under way at a moment, held or not. */
const underWay = (at: number, { spoken }: Seen): Spoken | undefined =>
  spoken.find(({ startedAt, endedAt = Number.POSITIVE_INFINITY }) => startedAt <= at && endedAt > at);

function cut(id: string, { from, to }: LineTimes, within: number, seen: Seen): string | undefined {
  const record = seen.spoken.find(
    ({ startedAt, endedAt = Number.POSITIVE_INFINITY }) => startedAt <= to && endedAt > from,
  );
  if (!record) return `cut: nothing was being said when line "${id}" began`;
  if (!record.cut) return `cut: what was being said when line "${id}" began went on to its end`;
  const late = Math.round(record.lastAt - from);
  return late > within ? `cut: the voice went on for ${late} ms of line "${id}"; ${within} expected` : undefined;
}

function soon(
  what: string,
  id: string,
  from: number,
  within: number,
  seen: Seen,
  isIt: (frame: VoiceFrame) => boolean,
): string | undefined {
  if (!underWay(from, seen)) return `${what}: nothing was being said when line "${id}" began`;
  const first = seen.frames.find((frame) => frame.at >= from && isIt(frame));
  const late = first ? Math.round(first.at - from) : Number.POSITIVE_INFINITY;
  return late > within ? `${what}: ${late} ms after line "${id}" began; within ${within} expected` : undefined;
}

function resumed(id: string, { from, to }: LineTimes, within: number, seen: Seen): string | undefined {
  const record = underWay(from, seen);
  if (!record) return `resumed: nothing was being said when line "${id}" began`;
  const softer = seen.frames.find((frame) => frame.at >= from && isSofter(frame));
  if (!softer) return `resumed: line "${id}" neither softened nor stopped the voice`;
  const again = seen.frames.find((frame) => frame.at > softer.at && frame.spoken === record && frame.gain === 1);
  const late = again ? Math.round(again.at - to) : Number.POSITIVE_INFINITY;
  return late > within ? `resumed: ${late} ms after line "${id}" ended; within ${within} expected` : undefined;
}

function untouched(id: string, { from, to }: LineTimes, softMs: number, seen: Seen): string | undefined {
  const record = underWay(from, seen);
  if (!record) return `untouched: nothing was being said when line "${id}" began`;
  const until = Math.min(to + UNTOUCHED_AFTER_MS, record.lastAt);
  const during = seen.frames.filter(({ at }) => at >= from && at < until);
  const stop = during.find(({ spoken }) => !spoken);
  if (stop) return `untouched: line "${id}" stopped the voice after ${Math.round(stop.at - from)} ms`;
  const soft = during.filter(isSofter);
  const longMs = soft.length * FRAME_MS;
  return soft[0] && longMs > softMs
    ? `untouched: line "${id}" softened the voice after ${Math.round(soft[0].at - from)} ms for ${longMs} ms`
    : undefined;
}

/** For people: when the voice sounded, and how. */
export function voiceStory({ frames }: Seen): { readonly at: number; readonly text: string }[] {
  const story: { at: number; text: string }[] = [];
  let before = 'silent';
  for (const { at, spoken, gain, held } of frames) {
    const now = spoken ? (gain < 1 ? 'softly' : 'in full') : held ? 'held' : 'silent';
    if (now !== before) story.push({ at, text: `voice ${now}` });
    before = now;
  }
  return story.map(({ at, text }) => ({ at: at - (at % FRAME_MS), text }));
}
