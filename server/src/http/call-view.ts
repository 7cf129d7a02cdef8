import * as z from 'zod';
import type { CallDetails, CallSummary, Said } from '../history/index.ts';

const ms = z.int().describe('ms since the call was opened');

const shared = {
  call: z.uuid(),
  room: z.string(),
  openedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional().describe('Absent while it lasts'),
  endReason: z
    .string()
    .optional()
    .describe('As in `call-ended` of the signaling; `server-died`: the server was killed, this is what it had kept'),
  recorded: z.boolean().describe('Its voices are kept'),
};

export const callSummary = z
  .object({
    ...shared,
    callers: z.array(z.string()).describe('Who gave a name'),
    turns: z.int(),
    excerpt: z.string().optional().describe('The first thing that a caller said, or what `q` found'),
  })
  .describe('A call, in short');

const said = z
  .object({
    turn: z.int(),
    speaker: z.enum(['caller', 'agent']),
    callerId: z.string().optional(),
    name: z.string().optional(),
    text: z.string().describe('Of the agent: what was heard of it'),
    language: z.string().optional(),
    startedMs: ms,
    endedMs: ms,
    final: z.boolean().describe('False while it is being said'),
    interrupted: z.boolean(),
    words: z
      .array(z.object({ text: z.string(), atMs: ms }))
      .describe('Joined they are the text; the time is when the word was recognised, or heard by callers'),
  })
  .describe('What one caller said in a turn, or one reply');

export const transcript = z
  .object({ call: z.uuid(), room: z.string(), openedAt: z.iso.datetime(), said: z.array(said) })
  .describe('What was said, in its order');

export const callDetails = z
  .object({
    ...shared,
    engines: z.array(z.object({ stage: z.string(), engine: z.string(), lite: z.boolean() })),
    callers: z.array(
      z.object({ callerId: z.string(), name: z.string().optional(), joinedMs: ms, leftMs: ms.optional() }),
    ),
    turns: z.array(
      z.object({
        turn: z.int(),
        startedMs: ms,
        latencies: z.record(z.string(), z.number()).describe('In ms, by the names of docs/architecture.md'),
        said: z.array(said),
        tools: z.array(
          z.object({
            name: z.string(),
            origin: z.string(),
            status: z.string(),
            atMs: ms,
            tookMs: z.int().optional(),
          }),
        ),
      }),
    ),
    failures: z.array(z.object({ atMs: ms, code: z.string(), stage: z.string().optional(), message: z.string() })),
  })
  .describe('A call and all that is kept of it');

export const showSummary = ({ id, callers, ...rest }: CallSummary): z.output<typeof callSummary> => ({
  call: id,
  callers: [...callers],
  ...rest,
});

export const showSaid = ({ words, ...rest }: Said): z.output<typeof said> => ({ ...rest, words: [...words] });

export const showCall = ({
  id,
  engines,
  callers,
  turns,
  failures,
  ...rest
}: CallDetails): z.output<typeof callDetails> => ({
  call: id,
  ...rest,
  engines: [...engines],
  callers: [...callers],
  turns: turns.map(({ said, tools, ...turn }) => ({ ...turn, said: said.map(showSaid), tools: [...tools] })),
  failures: [...failures],
});
