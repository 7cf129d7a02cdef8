import type { AnswerPolicy, EngineChoice, NoticeOf, ResponseOf } from '../protocol/index.ts';
import { MicrophoneError, SignalingError } from './errors.ts';
import type { Levels } from './level.ts';
import type { MicrophoneState } from './microphone.ts';
import type { LossCause } from './reconnect.ts';
import type { AudioState } from './speaker.ts';

/**
 * Why a call is over: the server's reasons, and the client's own.
 * - `refused`: the server did not let us in; see `error.code`
 * - `unreachable`: no connection could be made to begin with
 * - `connection-lost`: it broke and did not come back
 * - `media-failed`: signaling works, but no audio passes (a firewall, or the server's media port)
 * - `no-microphone`: it could not be opened and the call was not to go on without
 */
export type EndReason =
  | NoticeOf<'call-ended'>['reason']
  | 'refused'
  | 'unreachable'
  | 'connection-lost'
  | 'media-failed'
  | 'no-microphone';

export interface CallEnd {
  readonly kind: 'ended';
  readonly reason: EndReason;
  /** For people; English. */
  readonly message: string;
  /** Whether another call makes sense at once, without asking; after `idle` and `time-limit` only a person should decide. */
  readonly rejoin: boolean;
  readonly error?: SignalingError | MicrophoneError;
}

export interface InCall {
  readonly kind: 'in-call';
  readonly room: string;
  readonly callerId: string;
  readonly engines: readonly EngineChoice[];
  /** When the agent answers; where not every turn, offer `ask`. */
  readonly answers: AnswerPolicy;
  /** The voices of this call are kept: say so to whoever calls. */
  readonly recording: boolean;
  readonly muted: boolean;
  readonly microphone: MicrophoneState;
  readonly audio: AudioState;
}

export type CallState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly step: 'microphone' | 'server' }
  | InCall
  /** `media`: only the audio's path broke. `attempt` counts from 1. */
  | { readonly kind: 'reconnecting'; readonly cause: LossCause; readonly attempt: number }
  | CallEnd;

/** Something went wrong and the call goes on. */
export type CallProblem =
  | NoticeOf<'problem'>
  | { readonly code: 'bad-notice' | 'request-failed'; readonly message: string; readonly retryable: boolean };

export interface CallEvents {
  state: CallState;
  /**
   * The room as it stands, at first and whenever the thread was lost; not after a connection that came back in time.
   * Turns and replies are numbered within a `conversation`. `peers`: the other callers. What was said before follows.
   */
  joined: Pick<ResponseOf<'join'>, 'room' | 'conversation' | 'callerId' | 'engines' | 'peers'>;
  'agent-state': NoticeOf<'agent-state'>;
  /** `past`: said before this page came, or while it was away. */
  transcript: NoticeOf<'transcript'> & { readonly past?: true };
  'reply-text': NoticeOf<'reply-text'> & { readonly past?: true };
  'turn-metrics': NoticeOf<'turn-metrics'>;
  /** A tool at work, of whichever origin. */
  tool: NoticeOf<'tool'>;
  'peer-joined': NoticeOf<'peer-joined'>;
  'peer-changed': NoticeOf<'peer-changed'>;
  'peer-left': NoticeOf<'peer-left'>;
  problem: CallProblem;
  /** Both sides' loudness, 0..1, about 20 times a second during a call. */
  level: Levels;
}

/** How a call ends that failed with `error`; `cause` where it had begun before. */
export function endOf(error: unknown, cause?: LossCause): CallEnd {
  if (error instanceof MicrophoneError) {
    return { kind: 'ended', reason: 'no-microphone', message: error.message, rejoin: true, error };
  }
  const known = SignalingError.from(error);
  return {
    kind: 'ended',
    reason: reasonOf(known, cause),
    message: known.message,
    rejoin: known.retryable,
    error: known,
  };
}

function reasonOf(error: SignalingError, cause: LossCause | undefined): EndReason {
  if (error.code === 'media-failed') return 'media-failed';
  if (cause) return 'connection-lost';
  return error.retryable ? 'unreachable' : 'refused';
}
