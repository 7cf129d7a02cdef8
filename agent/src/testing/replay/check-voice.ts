import { FRAME_MS } from '../../contracts/index.ts';
import type { LineTimes, Replayed } from './replay.ts';
import type { MouthFrame, SpokenRecord } from './scene-mouth.ts';
import type { Expectations } from './schema-expect.ts';
import { momentText } from './schema-parts.ts';

/** How long after a line the voice is to stay as it was, in ms. */
const UNTOUCHED_AFTER_MS = 500;

/** What is expected of the agent's voice in time. */
export function checkVoice(expect: Expectations, seen: Replayed): string[] {
  const faults: string[] = [];
  /** Those of lines that were never said are told of elsewhere. */
  const forLine = (id: string, tell: (line: LineTimes) => string | undefined): void => {
    const line = seen.lines.get(id);
    const fault = line && tell(line);
    if (fault) faults.push(fault);
  };
  for (const { line: id, within_ms, not_before_ms } of expect.answered ?? []) {
    forLine(id, (line) => answered(id, line, within_ms, not_before_ms, seen));
  }
  for (const { line: id, within_ms } of expect.cut ?? []) forLine(id, (line) => cut(id, line, within_ms, seen));
  for (const { line: id, within_ms } of expect.ducked ?? []) {
    forLine(id, ({ from }) => soon('ducked', id, from, within_ms, seen, isSofter));
  }
  for (const { line: id, within_ms } of expect.held ?? []) {
    forLine(id, ({ from }) => soon('held', id, from, within_ms, seen, (frame) => !frame.spoken));
  }
  for (const { line: id, within_ms } of expect.resumed ?? []) forLine(id, (line) => resumed(id, line, within_ms, seen));
  for (const id of expect.untouched ?? []) forLine(id, (line) => untouched(id, line, seen));
  for (const { from, for_ms } of expect.silent ?? []) {
    const at = seen.momentAt(from);
    const voice =
      at !== undefined && seen.frames.find((frame) => frame.spoken && frame.at >= at && frame.at < at + for_ms);
    if (at === undefined) faults.push(`silent: the moment "${momentText(from)}" did not come`);
    else if (voice) faults.push(`silent: voice ${voice.at - at} ms after "${momentText(from)}"; none for ${for_ms}`);
  }
  for (const { from, within_ms } of expect.voice ?? []) {
    const at = seen.momentAt(from);
    const voice = at === undefined ? undefined : seen.frames.find((frame) => frame.spoken && frame.at >= at);
    const late = at === undefined || !voice ? Number.POSITIVE_INFINITY : voice.at - at;
    if (late > within_ms) faults.push(`voice: ${late} ms after "${momentText(from)}"; within ${within_ms} expected`);
  }
  if (expect.intact) faults.push(...seen.spoken.flatMap((record, i) => broken(record, i + 1, seen)));
  return faults;
}

const isSofter = ({ spoken, gain }: MouthFrame): boolean => !spoken || gain < 1;

function answered(
  id: string,
  { from, to }: LineTimes,
  within: number,
  notBefore: number,
  seen: Replayed,
): string | undefined {
  const next = seen.spoken.find(({ reply, startedAt }) => reply !== undefined && startedAt > from);
  if (!next) return `answered: nothing after line "${id}"`;
  const late = Math.round(next.startedAt - to);
  if (late < notBefore) return `answered: ${late} ms after line "${id}"; not before ${notBefore} expected`;
  return late > within ? `answered: ${late} ms after line "${id}"; within ${within} expected` : undefined;
}

/** The speech under way at a moment, held or not. */
const underWay = (at: number, { spoken }: Replayed): SpokenRecord | undefined =>
  spoken.find(({ startedAt, endedAt = Number.POSITIVE_INFINITY }) => startedAt <= at && endedAt > at);

function cut(id: string, { from, to }: LineTimes, within: number, seen: Replayed): string | undefined {
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
  seen: Replayed,
  isIt: (frame: MouthFrame) => boolean,
): string | undefined {
  if (!underWay(from, seen)) return `${what}: nothing was being said when line "${id}" began`;
  const first = seen.frames.find((frame) => frame.at >= from && isIt(frame));
  const late = first ? Math.round(first.at - from) : Number.POSITIVE_INFINITY;
  return late > within ? `${what}: ${late} ms after line "${id}" began; within ${within} expected` : undefined;
}

function resumed(id: string, { from, to }: LineTimes, within: number, seen: Replayed): string | undefined {
  const record = underWay(from, seen);
  if (!record) return `resumed: nothing was being said when line "${id}" began`;
  const softer = seen.frames.find((frame) => frame.at >= from && isSofter(frame));
  if (!softer) return `resumed: line "${id}" neither softened nor stopped the voice`;
  const again = seen.frames.find(
    (frame) => frame.at > softer.at && frame.spoken?.signal === record.signal && frame.gain === 1,
  );
  const late = again ? Math.round(again.at - to) : Number.POSITIVE_INFINITY;
  return late > within ? `resumed: ${late} ms after line "${id}" ended; within ${within} expected` : undefined;
}

function untouched(id: string, { from, to }: LineTimes, seen: Replayed): string | undefined {
  const record = underWay(from, seen);
  if (!record) return `untouched: nothing was being said when line "${id}" began`;
  const until = Math.min(to + UNTOUCHED_AFTER_MS, record.lastAt);
  const first = seen.frames.find((frame) => frame.at >= from && frame.at < until && isSofter(frame));
  return (
    first && `untouched: line "${id}" ${first.spoken ? 'softened' : 'stopped'} the voice after ${first.at - from} ms`
  );
}

/** What was heard must be what was written, and that must be what was synthesised, piece by piece. */
function broken({ heard, written }: SpokenRecord, number: number, { tts }: Replayed): string[] {
  const faults: string[] = [];
  const [said, wrote] = [joined(heard), joined(written)];
  for (let i = 0; i < said.length; i++) {
    if (said[i] === (wrote[i] ?? 0)) continue;
    faults.push(`intact: speech ${number} is not what was written from ${Math.round(i / 24)} ms on`);
    break;
  }
  let open: { piece: number; next: number; of: number } | undefined;
  for (const chunk of written) {
    const origin = tts.originOf(chunk);
    if (!origin) continue;
    const { piece, offset, of } = origin;
    const goesOn = open?.piece === piece ? offset === open.next : offset === 0 && (!open || open.next === open.of);
    if (!goesOn) faults.push(`intact: speech ${number} has ${offset / 24} ms of piece ${piece} out of its order`);
    open = { piece, next: offset + chunk.length, of };
  }
  return faults;
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** For people: when the voice sounded, and how. */
export function voiceStory({ frames }: Replayed): { readonly at: number; readonly text: string }[] {
  const story: { at: number; text: string }[] = [];
  let before = 'silent';
  for (const { at, spoken, gain, held } of frames) {
    const now = spoken ? (gain < 1 ? 'softly' : 'in full') : held ? 'held' : 'silent';
    if (now !== before) story.push({ at, text: `voice ${now}` });
    before = now;
  }
  return story.map(({ at, text }) => ({ at: at - (at % FRAME_MS), text }));
}
