import * as z from 'zod';

/** What was said so far, as llama.cpp's chat templates know it. */
export interface Said {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

/** To the child. `id` names an answer; a cancelled one is not gone on with. */
export type Request =
  | { readonly type: 'load'; readonly file: string; readonly threads: number; readonly contextTokens: number }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly history: readonly Said[];
      readonly maxTokens: number;
      readonly temperature?: number;
    }
  | { readonly type: 'cancel'; readonly id: number };

const id = z.int().nonnegative();
const tokens = z.int().nonnegative();

/** From the child, whose memory a broken model may have overwritten. */
export const answerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), message: z.string() }),
  z.object({ type: z.literal('text'), id, delta: z.string() }),
  z.object({ type: z.literal('done'), id, inputTokens: tokens, outputTokens: tokens }),
  z.object({ type: z.literal('error'), id, message: z.string() }),
]);
export type Answer = z.infer<typeof answerSchema>;
export type ReplyAnswer = Extract<Answer, { id: number }>;

/** The last of its request. */
export const isLast = ({ type }: ReplyAnswer): boolean => type !== 'text';
