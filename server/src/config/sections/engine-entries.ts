import {
  ASR_ENGINES,
  FUNASR_MODES,
  LLM_ENGINES,
  LOCAL_CONTEXT_TOKENS,
  SHERPA_ASR_KINDS,
  SHERPA_TTS_KINDS,
  TTS_ENGINES,
} from '@parley/agent';
import * as z from 'zod';
import { some, url } from './kinds.ts';

export const apiKey = some.optional();
export const baseUrl = url.optional();

/** FunASR's servers are named by WebSocket addresses too. */
export const socketUrl = z.url({ protocol: /^(https?|wss?)$/ }).optional();
const threads = z.int().min(1).max(64).optional();

/** Entries of lists: one engine with an access of its own, or with a model of its own on this machine. */
export const asrEntry = z.strictObject({
  engine: z.enum(ASR_ENGINES),
  apiKey,
  baseUrl: socketUrl,
  model: some.optional(),
  kind: z.enum(SHERPA_ASR_KINDS).optional(),
  threads,
  mode: z.enum(FUNASR_MODES).optional(),
  anyCertificate: z.boolean().optional(),
  ca: some.optional(),
});
export const llmEntry = z.strictObject({
  engine: z.enum(LLM_ENGINES),
  apiKey,
  baseUrl,
  model: some.optional(),
  threads,
});
export const ttsEntry = z.strictObject({
  engine: z.enum(TTS_ENGINES),
  apiKey,
  baseUrl,
  model: some.optional(),
  voice: some.optional(),
  kind: z.enum(SHERPA_TTS_KINDS).optional(),
  threads,
});

/** A language model on this machine. */
export const localLlm = z
  .strictObject({
    model: some
      .optional()
      .describe('Its GGUF file, or name of one in the cache; absent for the one that is installed.'),
    threads: threads.describe('Threads of one inference; absent for half the processors, at most four.'),
    contextTokens: z
      .int()
      .min(512)
      .default(LOCAL_CONTEXT_TOKENS)
      .describe('What it can keep in mind of a conversation; twice as much memory is taken, for two at a time.'),
  })
  .prefault({});

/** A model of sherpa-onnx on this machine. */
export const sherpaOf = <Kind extends string>(kinds: readonly Kind[]) =>
  z
    .strictObject({
      model: some
        .optional()
        .describe('Folder of its model, or name of one in the cache; absent for the one that is installed.'),
      kind: z.enum(kinds).optional().describe('What the model is; absent to find out.'),
      threads: threads.describe('Threads of one inference; absent for half the processors, at most four.'),
    })
    .prefault({});

/** One engine, the best at hand, or several that are tried in order. */
export const engineOf = <Name extends string, Entry extends z.ZodType>(names: readonly Name[], entry: Entry) =>
  z.union([z.enum(['auto', ...names]), z.array(z.union([z.enum(names), entry])).min(1)]);
