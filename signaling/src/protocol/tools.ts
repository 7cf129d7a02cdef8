import * as z from 'zod/mini';
import { fitsAsJson as fits, MAX_RESULT_BYTES, MAX_TOOLS, MAX_TOOLS_BYTES } from './constants.ts';

/** A function of the page that the language model may call. */
export const clientTool = z.object({
  name: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  /** What it does and when to use it, for the language model. */
  description: z.string().check(z.trim(), z.minLength(1), z.maxLength(2000)),
  /** JSON Schema of the arguments, which are an object. */
  parameters: z.looseObject({ type: z.literal('object') }),
  /** ms after which the language model is told that it took too long. */
  timeoutMs: z.optional(z.int().check(z.minimum(100), z.maximum(120_000))),
  /** A caller who interrupts aborts it; else it runs to its end. */
  cancelOnInterrupt: z.optional(z.boolean()),
  /** Said when it takes long; empty for nothing, absent for a few usual words. */
  filler: z.optional(z.string().check(z.maxLength(200))),
});
export type ClientToolOffer = z.infer<typeof clientTool>;

/** All tools of one page. */
export const clientTools = z.array(clientTool).check(
  z.maxLength(MAX_TOOLS),
  z.refine((tools) => new Set(tools.map(({ name }) => name)).size === tools.length, 'two tools have the same name'),
  z.refine((tools) => fits(tools, MAX_TOOLS_BYTES), tooLong(MAX_TOOLS_BYTES)),
);

const words = z.optional(z.string().check(z.refine((text) => fits(text, MAX_RESULT_BYTES), tooLong(MAX_RESULT_BYTES))));

/** What the page made of a call, as text for the language model: a result or an error. */
export const toolResult = z
  .object({ call: z.string().check(z.minLength(1), z.maxLength(128)), result: words, error: words })
  .check(z.refine(({ result, error }) => (result === undefined) !== (error === undefined), 'give result or error'));

function tooLong(most: number): string {
  return `nested too deeply, or longer than ${most} bytes as JSON`;
}
