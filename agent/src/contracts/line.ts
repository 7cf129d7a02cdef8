/** A caller whose audio comes and goes as plain PCM, and who is told of the conversation step by step. */
export interface LineSettings {
  readonly callerId: string;
  /** Hz of what the caller says. */
  readonly rate: number;
  /** Hz of what it is to hear. */
  readonly voiceRate: number;
  /** The caller speaks and hears by RTP after all: what it is told, and its recordings, are all that goes this way. */
  readonly byRtp?: true | undefined;
}

/** What is asked of a line. */
export type LineOrder =
  /** Mono; the next of the caller's voice, as fast as the caller likes. */
  | { readonly do: 'hear'; readonly samples: Int16Array }
  /** What waits to be heard is not to be. */
  | { readonly do: 'forget' }
  /**
   * Turns are not to be found in it: all of it is one utterance; absent: what was gathered. Answered by `recognised` or
   * `unrecognised`.
   */
  | { readonly do: 'recognise'; readonly job: number; readonly samples?: Int16Array }
  /** By RTP: what comes is not listened to but kept, the last five minutes of it, until it is recognised or forgotten. */
  | { readonly do: 'gather'; readonly on: boolean }
  /** The caller has heard no more of this reply than so much of its audio, in ms. Answered by `shortened`. */
  | { readonly do: 'shorten'; readonly reply: number; readonly heardMs: number }
  /** From the next answer on, answers are written and not spoken: they come as `wrote`. */
  | { readonly do: 'write'; readonly on: boolean }
  /** What was said in this turn is not to be known any more. */
  | { readonly do: 'unsay'; readonly turn: number; readonly who: 'caller' | 'agent' };

/** What becomes of turns and replies. */
export type ConversationNews =
  /** Somebody has the floor; began to speak so many ms ago. */
  | { readonly kind: 'turn-opened'; readonly turn: number; readonly msAgo: number }
  /** The turn is over and remembered. */
  | { readonly kind: 'turn-taken'; readonly turn: number; readonly msAgo: number }
  /** It was nothing. */
  | { readonly kind: 'turn-dropped'; readonly turn: number; readonly msAgo: number }
  /** `written`: nothing of it will be spoken. */
  | { readonly kind: 'reply-began'; readonly turn: number; readonly reply: number; readonly written?: true }
  /** What was written of it since the last time. */
  | { readonly kind: 'wrote'; readonly reply: number; readonly text: string }
  /** Its tools run now; `announced`: something is said before they do. */
  | { readonly kind: 'tools-called'; readonly reply: number; readonly announced: boolean }
  /** `text`: what was heard of it. */
  | {
      readonly kind: 'reply-over';
      readonly reply: number;
      readonly status: 'done' | 'cut' | 'failed';
      readonly text: string;
    };

/** What a line is told, in the order in which it happens. */
export type LineNews =
  /** `atMs`: where that was in the audio that the caller has sent. */
  | (ConversationNews & { readonly atMs?: number })
  /** 20 ms of the agent's voice as they leave. */
  | { readonly kind: 'voice'; readonly samples: Int16Array }
  /** 20 ms of it have left by RTP. */
  | { readonly kind: 'voiced' }
  | { readonly kind: 'recognised'; readonly job: number; readonly text: string }
  | { readonly kind: 'unrecognised'; readonly job: number; readonly message: string }
  /** `text` absent: that reply is long past. */
  | { readonly kind: 'shortened'; readonly reply: number; readonly text?: string };
