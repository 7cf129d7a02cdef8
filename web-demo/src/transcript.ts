import type { NoticeOf } from '@parley/signaling';

/** Lines kept; older ones go. */
export const LONGEST_TRANSCRIPT = 300;

export type ToolUse = Pick<NoticeOf<'tool'>, 'name' | 'status' | 'ms'>;

export interface Line {
  readonly key: string;
  readonly speaker: 'user' | 'agent' | 'tool';
  /** Who speaks, where it is a person. */
  readonly callerId?: string;
  readonly text: string;
  readonly final: boolean;
  readonly interrupted: boolean;
  /** What a tool does, where the line is none of words. */
  readonly tool?: ToolUse;
  readonly turn?: number;
  readonly reply?: number;
  /** The key of the turn whose latency belongs to this line. */
  readonly turnKey?: string;
}

export interface Transcript {
  /** Within which turns and replies are numbered. */
  readonly conversation: string;
  readonly lines: readonly Line[];
}

export type TranscriptEvent =
  | { type: 'connected'; conversation: string }
  | { type: 'ended' }
  | { type: 'typed'; callerId: string; text: string; id: number }
  | { type: 'transcript'; turn: number; callerId: string; text: string; final: boolean }
  | ({ type: 'tool'; turn: number; call: string } & ToolUse)
  | { type: 'reply-text'; turn: number; reply: number; text: string; final: boolean; interrupted: boolean };

export const emptyTranscript: Transcript = { conversation: '', lines: [] };

export const turnKeyOf = (conversation: string, turn: number): string => `${conversation}.${turn}`;

/** The transcript after an event. */
export function reduceTranscript(transcript: Transcript, event: TranscriptEvent): Transcript {
  const { conversation, lines } = transcript;
  switch (event.type) {
    case 'connected':
      return { conversation: event.conversation, lines: lines.map(settle) };
    case 'ended':
      return { conversation, lines: lines.map(settle) };
    case 'typed': {
      const { callerId, text, id } = event;
      const line = { key: `typed-${id}`, speaker: 'user', callerId, text, final: true, interrupted: false } as const;
      return { conversation, lines: put(lines, line) };
    }
    case 'transcript': {
      const { turn, callerId, text, final } = event;
      const key = `${conversation}:user:${turn}:${callerId}`;
      const line: Line = { key, speaker: 'user', callerId, text, final, interrupted: false, turn };
      return { conversation, lines: put(withoutEcho(lines, line), line) };
    }
    case 'tool': {
      const { call, turn, name, status, ms } = event;
      const key = `${conversation}:tool:${call}`;
      const final = status !== 'running';
      const line: Line = {
        key,
        speaker: 'tool',
        text: name,
        final,
        interrupted: false,
        tool: { name, status, ms },
        turn,
      };
      return { conversation, lines: put(lines, line) };
    }
    case 'reply-text': {
      const { turn, reply, text, final, interrupted } = event;
      const key = `${conversation}:agent:${reply}`;
      const turnKey = turnKeyOf(conversation, turn);
      const line: Line = { key, speaker: 'agent', text, final, interrupted, turn, reply, turnKey };
      return { conversation, lines: put(lines, line) };
    }
  }
}

/** In place of the line of the same key, else at the end. A line without words is none. */
function put(lines: readonly Line[], line: Line): readonly Line[] {
  const at = lines.findIndex(({ key }) => key === line.key);
  if (line.text.trim() === '') return at >= 0 && line.final ? lines.toSpliced(at, 1) : lines;
  if (at >= 0) return lines.with(at, line);
  return [...lines, line].slice(-LONGEST_TRANSCRIPT);
}

/** What was typed shows at once; where the server says it too, its line takes over. */
function withoutEcho(lines: readonly Line[], line: Line): readonly Line[] {
  const at = lines.findIndex(
    (each) => each.key.startsWith('typed-') && each.callerId === line.callerId && each.text === line.text,
  );
  return at < 0 ? lines : lines.with(at, { ...line });
}

/** What a lost connection left open will not be finished. */
function settle(line: Line): Line {
  if (line.final) return line;
  const tool = line.tool && ({ ...line.tool, status: 'cancelled' } as const);
  return { ...line, final: true, interrupted: line.speaker === 'agent', ...(tool && { tool }) };
}
