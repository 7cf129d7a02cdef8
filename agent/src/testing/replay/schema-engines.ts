import { z } from 'zod';
import type { ProviderFailure } from '../../contracts/index.ts';
import { ms } from './schema-parts.ts';

const failure = z.enum(['timeout', 'auth', 'rate-limited', 'unavailable', 'bad-request', 'unsupported']);
failure satisfies z.ZodType<ProviderFailure>;

/** The recogniser hears the words of the script that lie in an utterance's audio, and nothing in noise. */
export const asrScript = z.strictObject({
  /** From the end of a word to a partial that has it. */
  partial_ms: ms.default(150),
  /** From the end of an utterance's audio to its final. */
  final_ms: ms.default(150),
  /** The first that fits an utterance counts. */
  rules: z
    .array(
      z.strictObject({
        /** Counts utterances of all callers from 1. */
        utterance: z.int().min(1).optional(),
        /** Its words have this in them. */
        when: z.string().optional(),
        /** What it takes the words for; empty for nothing. */
        text: z.string().optional(),
        partial_ms: ms.optional(),
        final_ms: ms.optional(),
        /** No partials: it transcribes only what is over. */
        no_partials: z.boolean().optional(),
        /** No final ever comes. */
        stalls: z.boolean().optional(),
        /** Instead of the final. */
        fails: failure.optional(),
      }),
    )
    .default([]),
});

/** The LLM writes word by word. */
export const llmScript = z.strictObject({
  first_token_ms: ms.default(200),
  tokens_per_s: z.number().positive().default(50),
  /** The first that fits a request counts; where none does it says `One two three. Four five six. Seven eight nine.` */
  answers: z
    .array(
      z.strictObject({
        /** Counts requests from 1. */
        request: z.int().min(1).optional(),
        /** The last words of the user have this in them, whatever the case. */
        when: z.string().optional(),
        /** Fits only right after the result of a tool; without it only where there is none. */
        after_tool: z.boolean().optional(),
        say: z.string().default(''),
        /** Tools that it calls after what it says. `args` is an object. */
        calls: z
          .array(z.strictObject({ name: z.string(), args: z.record(z.string(), z.unknown()).default({}) }))
          .default([]),
        first_token_ms: ms.optional(),
        tokens_per_s: z.number().positive().optional(),
        /** After so many words of `say` it goes silent for ever, or fails. */
        stalls_after_words: z.int().min(0).optional(),
        fails_after_words: z.int().min(0).optional(),
        fails: failure.default('unavailable'),
      }),
    )
    .default([]),
});

export const ttsScript = z.strictObject({
  first_audio_ms: ms.default(80),
  ms_per_character: ms.default(55),
  /** `speech` is real speech, whatever the words, for scenes with echo. */
  voice: z.enum(['tone', 'speech']).default('tone'),
  /** Tells when each word begins. */
  word_times: z.boolean().default(true),
  /** The first that fits a clause counts. */
  rules: z
    .array(
      z.strictObject({
        when: z.string().optional(),
        first_audio_ms: ms.optional(),
        stalls: z.boolean().optional(),
        fails: failure.optional(),
      }),
    )
    .default([]),
});

/** A tool that the first caller's page offers and runs. */
export const toolScript = z.strictObject({
  name: z.string(),
  takes_ms: ms.default(0),
  result: z.string().default('done'),
  /** It answers with this error instead. */
  error: z.string().optional(),
  filler: z.string().optional(),
  cancel_on_interrupt: z.boolean().default(true),
});

export type AsrScript = z.infer<typeof asrScript>;
export type LlmScript = z.infer<typeof llmScript>;
export type TtsScript = z.infer<typeof ttsScript>;
export type ToolScript = z.infer<typeof toolScript>;
