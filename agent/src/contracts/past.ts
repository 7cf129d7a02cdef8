/** What is put into the conversation without being spoken. `system`: what the LLM is to know, and nobody said. */
export type AddedMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string };

/** A turn of a conversation, as both sides heard it. */
export interface PastTurn {
  readonly turn: number;
  /** What callers said; `name`: who it was, where known. */
  readonly user: readonly { readonly text: string; readonly name?: string }[];
  /** What was heard of the answer. */
  readonly assistant: string;
  /** What the application put into the conversation after it. */
  readonly added: readonly AddedMessage[];
}

/**
 * What the agent owed the callers when it was cut off: the welcome, an answer, the rest of one, or its attention to words
 * that were being said.
 */
export type Owed = 'greeting' | 'answer' | 'rest' | 'attention' | 'nothing';

/** What happened in a conversation before it came to this session: another one had it, which is gone. */
export interface Past {
  /** Turns and replies that were counted; new ones count on from here. */
  readonly turns: number;
  readonly replies: number;
  /** Oldest first. */
  readonly said: readonly PastTurn[];
  readonly owed: Owed;
  /** Of what callers said last, where known; BCP 47. */
  readonly language?: string;
}
