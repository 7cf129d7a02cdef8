import * as z from 'zod/mini';
import { agentState, producerInfo, turnFigures } from './state.ts';

/** One schema for each notice from server to client. */
export const notices = {
  'agent-state': z.object({ state: agentState }),
  /** What a caller says. `text` replaces what came before for this turn and caller. */
  transcript: z.object({
    turn: z.int(),
    callerId: z.string(),
    text: z.string(),
    final: z.boolean(),
    language: z.optional(z.string()),
  }),
  /** What has been heard of a reply so far, in step with the voice; `final` closes it. */
  'reply-text': z.object({
    turn: z.int(),
    reply: z.int(),
    text: z.string(),
    final: z.boolean(),
    interrupted: z.boolean(),
  }),
  'turn-metrics': z.object({ turn: z.int(), figures: turnFigures }),
  'producer-added': producerInfo,
  'producer-removed': z.object({ producerId: z.string() }),
  'peer-joined': z.object({ peerId: z.string(), displayName: z.optional(z.string()) }),
  'peer-left': z.object({ peerId: z.string() }),
  /** Something went wrong and the call goes on. */
  problem: z.object({
    code: z.enum(['engine-failed', 'session-failed', 'media-failed']),
    stage: z.optional(z.string()),
    message: z.string(),
    retryable: z.boolean(),
  }),
  /** The call is over for this caller. `rejoin`: joining again makes sense. */
  'call-ended': z.object({
    reason: z.enum(['left', 'room-closed', 'media-worker-died', 'agent-failed', 'shutdown']),
    message: z.string(),
    rejoin: z.boolean(),
  }),
} as const;

export type NoticeName = keyof typeof notices;
export type NoticeOf<N extends NoticeName> = z.infer<(typeof notices)[N]>;
