import type { AnswerPolicy, EngineChoice, NoticeOf, ResponseOf } from '../protocol/index.ts';
import { MicrophoneError, SignalingError } from './errors.ts';
import type { Levels } from './level.ts';
import type { MicrophoneState } from './microphone.ts';
import type { LossCause } from './reconnect.ts';
import type { AudioState } from './speaker.ts';

/**
 * Why a call is over: the server's reasons, and the client's own.
 * - `left`: you left
 * - `idle`: nobody spoke for long, and the agent said good-bye
 * - `time-limit`: the call was as long as the server allows
 * - `room-closed`: it was ended over the HTTP API
 * - `taken-over`: another page has resumed this call
 * - `shutdown`: the server ends
 * - `media-worker-died`, `agent-failed`: the server failed; joining anew may help
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

/** The call is over; make another `Call` for the next one. */
export interface CallEnd {
  readonly kind: 'ended';
  readonly reason: EndReason;
  /** For people; English. */
  readonly message: string;
  /** Whether another call makes sense at once, without asking; after `idle` and `time-limit` only a person should decide. */
  readonly rejoin: boolean;
  /** What went wrong, where something did. */
  readonly error?: SignalingError | MicrophoneError;
}

/** Connected: both sides can be heard, as far as `microphone` and `audio` say so. */
export interface InCall {
  readonly kind: 'in-call';
  /** Also where none was asked for: a room of one's own has a name, too. */
  readonly room: string;
  /** Yours, as other callers and `transcript` have it. */
  readonly callerId: string;
  /** What hears, thinks and speaks, and why it was chosen. */
  readonly engines: readonly EngineChoice[];
  /** When the agent answers; where not every turn, offer `ask`. */
  readonly answers: AnswerPolicy;
  /** The voices of this call are kept: say so to whoever calls. */
  readonly recording: boolean;
  /** By you. */
  readonly muted: boolean;
  /** Yours: on, or off and why. */
  readonly microphone: MicrophoneState;
  /** Whether the agent can be heard; where `blocked`, show a button that calls `resumeAudio`. */
  readonly audio: AudioState;
}

/**
 * What a call is doing, one at a time; `kind` tells which.
 * - `idle`: not joined yet
 * - `connecting`: `step` is `microphone` while the browser asks the user, then `server`
 * - `in-call`: see InCall
 * - `reconnecting`: the connection broke (`cause`: `socket`), or only the audio's path (`media`); `attempt` counts from 1
 * - `ended`: see CallEnd
 */
export type CallState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly step: 'microphone' | 'server' }
  | InCall
  | { readonly kind: 'reconnecting'; readonly cause: LossCause; readonly attempt: number }
  | CallEnd;

/** Something went wrong and the call goes on. `code` is to branch on; the message is for people. */
export type CallProblem =
  | NoticeOf<'problem'>
  | { readonly code: 'bad-notice' | 'request-failed'; readonly message: string; readonly retryable: boolean };

/** The events of a call, by name, and what comes with each. */
export interface CallEvents {
  /** Another state, or something in it has changed. */
  state: CallState;
  /**
   * The room as it stands, at first and whenever the thread was lost; not after a connection that came back in time.
   * Turns and replies are numbered within a `conversation`. `peers`: the other callers. What was said before follows.
   */
  joined: Pick<ResponseOf<'join'>, 'room' | 'conversation' | 'callerId' | 'engines' | 'peers'>;
  /** What the agent does. */
  'agent-state': NoticeOf<'agent-state'>;
  /**
   * What a caller says, as it is recognised: `text` replaces what came before for this `turn` and `callerId`; empty and
   * `final`: it was taken back. `past`: said before this page came, or while it was away.
   */
  transcript: NoticeOf<'transcript'> & { readonly past?: true };
  /**
   * What has been heard of the agent's `reply` so far, in step with its voice; `text` replaces what came before for this
   * `reply`. `past` as for `transcript`.
   */
  'reply-text': NoticeOf<'reply-text'> & { readonly past?: true };
  /** Latency of a turn by stage, in ms; a stage that did not happen is absent. */
  'turn-metrics': NoticeOf<'turn-metrics'>;
  /** A tool at work, of this page or of the server; `ms`: how long it took, once it is over. */
  tool: NoticeOf<'tool'>;
  /** Another caller has come. */
  'peer-joined': NoticeOf<'peer-joined'>;
  /** Another caller is muted or not, away (the connection is lost and may come back) or back. */
  'peer-changed': NoticeOf<'peer-changed'>;
  /** Another caller is gone for good. */
  'peer-left': NoticeOf<'peer-left'>;
  /** For a line in the page, or for the console. */
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
