import * as z from 'zod/mini';

/** What the agent does. Clients show it as it is; the agent's own room of contracts has the same words. */
export const agentState = z.enum(['idle', 'listening', 'thinking', 'speaking']);
export type AgentState = z.infer<typeof agentState>;

/** When the agent answers: every turn; with several callers, turns that name it; or only when it is asked to. */
export const answerPolicy = z.enum(['every-turn', 'when-named', 'on-request']);
export type AnswerPolicy = z.infer<typeof answerPolicy>;

/** Another caller in the room. `away`: the connection is lost and may come back. */
export const peer = z.object({
  peerId: z.string(),
  displayName: z.optional(z.string()),
  muted: z.boolean(),
  away: z.boolean(),
});
export type Peer = z.infer<typeof peer>;

/** How patient the agent is with pauses, and how soon it gives way. */
export const turnPreset = z.enum(['patient', 'balanced', 'quick']);
export type TurnPreset = z.infer<typeof turnPreset>;

/** How the agent sounds; each voice does what it can of it. */
export const emotion = z.enum(['neutral', 'happy', 'sad', 'angry', 'calm', 'excited', 'whisper']);
export type Emotion = z.infer<typeof emotion>;

/** What does one stage of the work, and why it was chosen. */
export const engineChoice = z.object({
  stage: z.enum(['vad', 'asr', 'llm', 'tts']),
  engine: z.string(),
  reason: z.string(),
  /** True where it is the fallback that needs no key and no download. */
  lite: z.boolean(),
});
export type EngineChoice = z.infer<typeof engineChoice>;

/**
 * Latency of one turn by stage, in ms; absent where the stage did not happen. docs/architecture.md says what each measures;
 * `voice_to_voice`: from the caller's last sound to the first packet of the reply.
 */
export const turnFigures = z.partial(
  z.object({
    endpointing: z.number(),
    asr_final: z.number(),
    llm_first_token: z.number(),
    tts_first_audio: z.number(),
    first_packet: z.number(),
    voice_to_voice: z.number(),
    barge_in_stop: z.number(),
    speculation_saved: z.number(),
  }),
);
export type TurnFigures = z.infer<typeof turnFigures>;

/** Somebody's audio: a caller's, or the agent's (AGENT_ID). */
export const producerInfo = z.object({ producerId: z.string(), peerId: z.string() });
export type ProducerInfo = z.infer<typeof producerInfo>;

/** What a caller says. `text` replaces what came before for this turn and caller. */
export const transcript = z.object({
  turn: z.int(),
  callerId: z.string(),
  text: z.string(),
  final: z.boolean(),
  language: z.optional(z.string()),
});
export type Transcript = z.infer<typeof transcript>;

/** What has been heard of a reply so far, in step with the voice; `final` closes it. */
export const replyText = z.object({
  turn: z.int(),
  reply: z.int(),
  text: z.string(),
  final: z.boolean(),
  interrupted: z.boolean(),
});
export type ReplyText = z.infer<typeof replyText>;

/** A line of the conversation, as its last notice had it. */
export const caption = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('transcript'), ...transcript.shape }),
  z.object({ kind: z.literal('reply-text'), ...replyText.shape }),
]);
export type Caption = z.infer<typeof caption>;
