import * as z from 'zod/mini';
import { agentState, peer, producerInfo, replyText, transcript, turnFigures } from './state.ts';

/** One schema for each notice from server to client. */
export const notices = {
  /** What the agent does. */
  'agent-state': z.object({ state: agentState }),
  /** What a caller says, as it is recognised. */
  transcript,
  /** What has been heard of a reply so far. */
  'reply-text': replyText,
  /** Latency of a turn, in ms. */
  'turn-metrics': z.object({ turn: z.int(), figures: turnFigures }),
  /** A tool at work, whoever runs it; `call` names it. `ms`: how long it took, once it is over. */
  tool: z.object({
    turn: z.int(),
    call: z.string(),
    name: z.string(),
    origin: z.enum(['webhook', 'mcp', 'client']),
    status: z.enum(['running', 'done', 'failed', 'cancelled']),
    ms: z.optional(z.number()),
  }),
  /** Run one of the tools that you offered, and say `tool-result`. `args` is JSON text of an object. */
  'tool-call': z.object({ call: z.string(), name: z.string(), args: z.string() }),
  /** Nobody waits for this call's result any more. */
  'tool-cancelled': z.object({ call: z.string() }),
  /** Audio that can be had now. */
  'producer-added': producerInfo,
  /** Audio that is gone. */
  'producer-removed': z.object({ producerId: z.string() }),
  /** Another caller has come. */
  'peer-joined': peer,
  /** Muted or not, away or back. */
  'peer-changed': peer,
  /** Another caller is gone for good. */
  'peer-left': z.object({ peerId: z.string() }),
  /** Something went wrong and the call goes on. */
  problem: z.object({
    code: z.enum(['engine-failed', 'session-failed', 'media-failed', 'shutting-down']),
    stage: z.optional(z.string()),
    message: z.string(),
    retryable: z.boolean(),
  }),
  /**
   * The call is over for this caller. `rejoin`: joining again makes sense at once, without anybody being asked; not where
   * the agent has ended the call (`idle`, `time-limit`), which only a person should start again.
   */
  'call-ended': z.object({
    reason: z.enum([
      'left',
      'room-closed',
      'media-worker-died',
      'agent-failed',
      'shutdown',
      'idle',
      'time-limit',
      /** Another page has resumed this call. */
      'taken-over',
    ]),
    message: z.string(),
    rejoin: z.boolean(),
  }),
} as const;

/** The name of a notice. */
export type NoticeName = keyof typeof notices;
/** What comes with a notice. */
export type NoticeOf<N extends NoticeName> = z.infer<(typeof notices)[N]>;
