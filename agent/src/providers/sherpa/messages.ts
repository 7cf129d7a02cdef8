import { z } from 'zod';
import type { SherpaModel } from './model.ts';

/** To the child. `id` names an utterance or a text; a cancelled one is not answered any more. */
export type Request =
  | { readonly type: 'load'; readonly model: SherpaModel; readonly threads: number }
  | { readonly type: 'open'; readonly id: number; readonly hints?: readonly string[] }
  | { readonly type: 'audio'; readonly id: number; readonly samples: Int16Array }
  | { readonly type: 'end'; readonly id: number }
  | {
      readonly type: 'speak';
      readonly id: number;
      readonly text: string;
      readonly speaker: number;
      readonly speed: number;
    }
  | { readonly type: 'cancel'; readonly id: number };

const id = z.int().nonnegative();

/** From the child, whose memory a broken model may have overwritten. */
export const answerSchema = z.discriminatedUnion('type', [
  /** `rate` in Hz and the number of `speakers`: voices only. */
  z.object({ type: z.literal('ready'), rate: z.int().positive().optional(), speakers: z.int().optional() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
  /** So many samples are recognised or stored: as many may follow. */
  z.object({ type: z.literal('taken'), id, samples: z.int().nonnegative() }),
  z.object({ type: z.literal('partial'), id, text: z.string() }),
  z.object({ type: z.literal('final'), id, text: z.string(), language: z.string().optional() }),
  /** `progress`: how much of the text is spoken with it, 0..1. */
  z.object({
    type: z.literal('chunk'),
    id,
    samples: z.custom<Int16Array>((value) => value instanceof Int16Array),
    progress: z.number(),
  }),
  z.object({ type: z.literal('done'), id }),
  z.object({ type: z.literal('error'), id, message: z.string() }),
]);
export type Answer = z.infer<typeof answerSchema>;
export type RequestAnswer = Extract<Answer, { id: number }>;

/** The last of its request. */
export const isLast = ({ type }: RequestAnswer): boolean => type === 'final' || type === 'done' || type === 'error';
