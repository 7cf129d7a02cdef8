import { ANSWER_POLICIES, EMOTIONS, TURN_PRESETS } from '@parley/agent';
import * as z from 'zod';
import { languageTag, ms, some } from './kinds.ts';

export const agent = z.strictObject({
  instructions: z
    .string()
    .default(
      'You are a friendly voice assistant. You are heard, not read: answer in one to three short spoken sentences, ' +
        'without lists, markup or emoji. If what was said seems misheard, ask. Answer in the language of the caller.',
    )
    .describe('What the language model is told about its role.'),
  greeting: z
    .string()
    .optional()
    .describe('Spoken when the first caller can hear; empty for none, absent for a word of welcome.'),
  language: languageTag.optional().describe('Language tag such as en or pt-BR; absent to let the engines find out.'),
  voice: some.optional().describe("Name of the voice, as the speech engine calls it; absent for the engine's own."),
  voices: z
    .record(languageTag, some)
    .default({})
    .describe('Voices by the language of what is said, which go before agent.voice: { zh: ..., en: ... }.'),
  speed: z.number().min(0.25).max(4).optional().describe('Speed of speech; 1 is normal.'),
  pitch: z.number().min(0.25).max(4).optional().describe('Pitch of the voice; 1 is normal.'),
  emotion: z.enum(EMOTIONS).optional().describe('How to sound, where the speech engine can.'),
  inlineEmotions: z
    .boolean()
    .default(true)
    .describe('Let the language model set the emotion sentence by sentence: docs/voices.md.'),
  contextTokens: z
    .int()
    .min(256)
    .default(4000)
    .describe('Budget of the history that is given to the language model, in tokens.'),
  turnPreset: z
    .enum(TURN_PRESETS)
    .default('balanced')
    .describe('How soon the agent takes its turn, and gives way: docs/turn-taking.md.'),
  endpointingMs: ms
    .optional()
    .describe('A fixed silence that ends each turn, in ms; absent: words, pauses and length decide.'),
  interruptionMs: ms
    .optional()
    .describe('Speech over the agent of this length takes the floor whatever it says, in ms; absent: words decide.'),
  speculation: z
    .boolean()
    .default(true)
    .describe('Prepare answers before the turn is over: faster, and costs tokens where the guess was wrong.'),
  answers: z
    .enum(ANSWER_POLICIES)
    .default('every-turn')
    .describe('When the agent answers; with several callers, when-named waits for one of its names.'),
  names: z
    .array(some)
    .min(1)
    .default(['Parley', 'assistant', '助手'])
    .describe('What callers may call the agent, for answers: when-named.'),
  silenceWatchdogMs: ms
    .default(3000)
    .describe('An answer that is not heard after this is bridged by a few words, in ms; 0 for never.'),
  toolFillerMs: ms
    .default(1500)
    .describe('A tool that takes longer than this is bridged by a few words, in ms; 0 for never.'),
  summarise: z
    .boolean()
    .default(true)
    .describe('Let the language model sum up turns that no longer fit into contextTokens; else they are dropped.'),
  idlePromptMs: ms
    .default(60_000)
    .describe('Nobody spoke for this long: the agent asks whether somebody is there, in ms; 0 for never.'),
  idlePrompts: z
    .int()
    .min(0)
    .max(100)
    .default(2)
    .describe('How often it asks before it says good-bye and ends the call.'),
  maxCallMinutes: z
    .int()
    .min(0)
    .default(120)
    .describe('The agent says good-bye and ends the call after this, in minutes; 0 for never.'),
  threads: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Threads that hear and speak; one is enough for dozens of calls.'),
});
