import { voiceStory } from './check-voice.ts';
import type { Seen } from './seen.ts';

/** Everything that happened, a line each in the order of time: what to read when a scene fails. */
export function story(seen: Seen): string {
  const parts: { at: number; text: string }[] = [...voiceStory(seen)];
  for (const [id, { from, to }] of seen.lines) {
    parts.push({ at: from, text: `line "${id}" starts` }, { at: to, text: `line "${id}" ends` });
  }
  for (const [i, { at, user }] of seen.requests.entries()) parts.push({ at, text: `request ${i + 1}: ${user}` });
  for (const { at, event } of seen.events) {
    const { type, ...rest } = event;
    if (type === 'reply-text' && !event.final) continue;
    parts.push({ at, text: `${type} ${JSON.stringify(rest)}` });
  }
  const lines = parts
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${String(Math.round(at)).padStart(6)}  ${text}`);
  return lines.join('\n');
}
