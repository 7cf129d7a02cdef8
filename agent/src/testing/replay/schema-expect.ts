import { z } from 'zod';
import { moment, ms, name } from './schema-parts.ts';

/** Something happens so soon after a line's onset. */
const byLine = z.strictObject({ line: name, within_ms: ms });

const stage = z.enum(['vad', 'turn', 'asr', 'llm', 'tts']);
const eventPart = z.record(z.string(), z.unknown());

/** What must come of a scene. What is not named is not looked at, but for `errors`, `incidents` and `intact`. */
export const expectations = z.strictObject({
  /** The final words of each turn in order, all callers' joined by a space; turns without words are left out. */
  turns: z.array(z.string()).optional(),
  /** What the LLM was asked: the user's last words in each request, guesses included; or how many requests. */
  requests: z.union([z.array(z.string()), z.int().min(0)]).optional(),
  /** Messages of the last request but for the instructions, each as `role: text`. */
  history: z.array(z.string()).optional(),
  /** What was heard of the agent, in order: every reply of which audio was sent. */
  replies: z
    .array(
      z.strictObject({
        /** What was heard, as captions have it at the end. */
        text: z.string().optional(),
        /** Captions begin with this. */
        starts: z.string().optional(),
        ending: z.enum(['full', 'cut']).default('full'),
      }),
    )
    .optional(),
  /** No reply is cut; one that failed counts as cut. */
  no_cut: z.boolean().optional(),
  /** From a line's end to the next new reply; with `not_before_ms` none sooner. None in the line in any case. */
  answered: z.array(z.strictObject({ line: name, within_ms: ms, not_before_ms: ms.default(0) })).optional(),
  /** From a line's onset to the last voice of the reply that it cuts. */
  cut: z.array(byLine).optional(),
  /** From a line's onset to the first softer voice, or none. */
  ducked: z.array(byLine).optional(),
  /** From a line's onset to a stop of the voice, cut or not. */
  held: z.array(byLine).optional(),
  /** From a line's end to the voice of the same reply in full. */
  resumed: z.array(byLine).optional(),
  /** These lines do not soften or stop the voice. */
  untouched: z.array(name).optional(),
  /** What was heard of each reply is what was synthesised, from its beginning: no sample lost or twice. */
  intact: z.boolean().default(true),
  /** No voice for so long. */
  silent: z.array(z.strictObject({ from: moment, for_ms: ms })).optional(),
  /** Some voice begins so soon. */
  voice: z.array(z.strictObject({ from: moment, within_ms: ms })).optional(),
  /** At the end. */
  state: z.enum(['idle', 'listening', 'thinking', 'speaking']).optional(),
  errors: z.array(stage).default([]),
  incidents: z.array(z.string()).default([]),
  /** Events of the session that come in this order, others between them; parts of each. */
  events: z.array(eventPart).optional(),
  /** Events that do not come. */
  never: z.array(eventPart).optional(),
});

export type Expectations = z.infer<typeof expectations>;
