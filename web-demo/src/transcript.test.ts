import { describe, expect, test } from '@jest/globals';
import {
  emptyTranscript,
  LONGEST_TRANSCRIPT,
  reduceTranscript,
  type ToolUse,
  type TranscriptEvent,
} from './transcript.ts';

const after = (...events: TranscriptEvent[]) => events.reduce(reduceTranscript, emptyTranscript).lines;
const said = (turn: number, text: string, final = true): TranscriptEvent => ({
  type: 'transcript',
  turn,
  callerId: 'me',
  text,
  final,
});
const replied = (
  reply: number,
  text: string,
  more: { final?: boolean; interrupted?: boolean } = {},
): TranscriptEvent => ({
  type: 'reply-text',
  turn: reply,
  reply,
  text,
  final: true,
  interrupted: false,
  ...more,
});

describe('a line', () => {
  test('grows in place until it is final', () => {
    const lines = after(
      said(1, 'what is', false),
      said(1, 'what is the weather', false),
      said(1, 'What is the weather?'),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ speaker: 'user', text: 'What is the weather?', final: true });
  });

  test('keeps its place when its final words come after the reply began', () => {
    const lines = after(said(1, 'what', false), replied(1, 'It is', { final: false }), said(1, 'What is it?'));
    expect(lines.map(({ text }) => text)).toEqual(['What is it?', 'It is']);
  });

  test('says that it was interrupted, with what was heard', () => {
    const lines = after(
      replied(1, 'It is sunny and warm', { final: false }),
      replied(1, 'It is sunny', { final: true, interrupted: true }),
    );
    expect(lines).toEqual([expect.objectContaining({ text: 'It is sunny', final: true, interrupted: true, reply: 1 })]);
  });

  test('without words is none, and one that loses its words goes', () => {
    expect(after(said(1, '', false), replied(1, ' '))).toEqual([]);
    expect(after(said(1, 'uh', false), said(1, ''))).toEqual([]);
  });

  test('of each caller stands for itself', () => {
    const other: TranscriptEvent = { type: 'transcript', turn: 1, callerId: 'you', text: 'me too', final: true };
    expect(after(said(1, 'hello'), other).map(({ callerId }) => callerId)).toEqual(['me', 'you']);
  });
});

describe('a tool', () => {
  const used = (status: ToolUse['status'], ms?: number): TranscriptEvent => ({
    type: 'tool',
    turn: 1,
    call: 'c1',
    name: 'get_weather',
    status,
    ms,
  });

  test('is one line from its start to its end, between question and answer', () => {
    const lines = after(said(1, 'and the weather?'), used('running'), used('done', 1200), replied(1, 'It rains'));
    expect(lines.map(({ speaker, final }) => [speaker, final])).toEqual([
      ['user', true],
      ['tool', true],
      ['agent', true],
    ]);
    expect(lines[1]!.tool).toEqual({ name: 'get_weather', status: 'done', ms: 1200 });
    expect(after(used('running'))).toEqual([expect.objectContaining({ final: false })]);
  });

  test('whose end nobody will hear of was stopped', () => {
    expect(after(used('running'), { type: 'ended' })[0]).toMatchObject({ final: true, tool: { status: 'cancelled' } });
  });
});

describe('what was typed', () => {
  const typed: TranscriptEvent = { type: 'typed', id: 1, callerId: 'me', text: 'hello' };

  test('shows at once', () => {
    expect(after(typed)).toEqual([expect.objectContaining({ speaker: 'user', text: 'hello', final: true })]);
  });

  test('shows once where the server says it too', () => {
    const lines = after(typed, said(4, 'hello'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ text: 'hello', turn: 4 });
  });

  test('twice shows twice', () => {
    const lines = after(typed, said(4, 'hello'), { ...typed, id: 2 } as TranscriptEvent, said(5, 'hello'));
    expect(lines.map(({ turn }) => turn)).toEqual([4, 5]);
  });
});

const connected = (conversation: string): TranscriptEvent => ({ type: 'connected', conversation });

describe('a connection that is made anew', () => {
  test('may begin another conversation, whose turns touch nothing of what was said', () => {
    const lines = after(connected('a'), said(1, 'before'), connected('b'), said(1, 'after'));
    expect(lines.map(({ text }) => text)).toEqual(['before', 'after']);
  });

  test('shows nothing twice where the conversation is the same', () => {
    const lines = after(connected('a'), said(1, 'hel', false), connected('a'), said(1, 'hello'), replied(1, 'Hi.'));
    expect(lines.map(({ text }) => text)).toEqual(['hello', 'Hi.']);
  });

  test('leaves nothing open of the one before', () => {
    const lines = after(said(1, 'half a', false), replied(1, 'half an', { final: false }), connected('a'));
    expect(lines).toEqual([
      expect.objectContaining({ speaker: 'user', final: true, interrupted: false }),
      expect.objectContaining({ speaker: 'agent', final: true, interrupted: true }),
    ]);
  });
});

test('a long call keeps its newest lines', () => {
  const lines = after(...Array.from({ length: LONGEST_TRANSCRIPT + 5 }, (_, turn) => said(turn, `line ${turn}`)));
  expect(lines).toHaveLength(LONGEST_TRANSCRIPT);
  expect(lines.at(-1)!.text).toBe(`line ${LONGEST_TRANSCRIPT + 4}`);
});
