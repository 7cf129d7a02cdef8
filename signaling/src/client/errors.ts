import type { ErrorCode, WireError } from '../protocol/index.ts';

/**
 * The server's own refusals (ErrorCode), and what can go wrong on the way to it.
 * - `timeout`: no answer in time
 * - `unreachable`: the server cannot be reached, or does not allow pages of this origin
 * - `no-token`: the app's own function for tokens failed
 * - `disconnected`: the connection broke while waiting
 * - `closed`: the call was left while waiting
 * - `bad-answer`: the server's answer does not fit the protocol
 * - `media-failed`: no audio can pass between browser and server, though signaling works
 */
export type SignalingErrorCode =
  | ErrorCode
  | 'timeout'
  | 'unreachable'
  | 'no-token'
  | 'disconnected'
  | 'closed'
  | 'bad-answer'
  | 'media-failed';

const RETRYABLE: ReadonlySet<SignalingErrorCode> = new Set([
  'timeout',
  'unreachable',
  'no-token',
  'disconnected',
  'unavailable',
  'shutting-down',
  'too-many-requests',
  'internal',
  'media-failed',
]);

/** A request that failed. Branch on `code`; the message is for people. */
export class SignalingError extends Error {
  override readonly name = 'SignalingError';
  readonly code: SignalingErrorCode;

  constructor(code: SignalingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether the same request may succeed a little later. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  /** The same where it is one already; what is none of ours comes from the browser's WebRTC: `media-failed`. */
  static from(cause: unknown): SignalingError {
    return cause instanceof SignalingError ? cause : SignalingError.mediaFailed(String(cause), cause);
  }

  static refused({ code, message }: WireError): SignalingError {
    return new SignalingError(code, message);
  }

  static timeout(what: string, ms: number): SignalingError {
    return new SignalingError('timeout', `No answer to ${what} within ${ms} ms`);
  }

  static unreachable(cause: unknown): SignalingError {
    return new SignalingError('unreachable', 'The server cannot be reached', { cause });
  }

  static noToken(cause: unknown): SignalingError {
    return new SignalingError('no-token', `No token could be had: ${String(cause)}`, { cause });
  }

  static disconnected(why: string): SignalingError {
    return new SignalingError('disconnected', `The connection to the server broke: ${why}`);
  }

  static closed(): SignalingError {
    return new SignalingError('closed', 'The call was left');
  }

  static badAnswer(what: string, cause: unknown): SignalingError {
    return new SignalingError('bad-answer', `The answer to ${what} does not fit the protocol`, { cause });
  }

  static wrongState(message: string): SignalingError {
    return new SignalingError('wrong-state', message);
  }

  static unsupported(): SignalingError {
    return new SignalingError('unsupported', 'This browser cannot take part in a call');
  }

  static mediaFailed(message: string, cause?: unknown): SignalingError {
    return new SignalingError('media-failed', message, { cause });
  }
}

/**
 * Why there is no microphone.
 * - `denied`: the user or the system does not allow it
 * - `missing`: none is plugged in, or the chosen one is gone
 * - `in-use`: another application holds it, or the hardware fails
 * - `insecure-context`: browsers give microphones to https pages and localhost only
 * - `failed`: anything else
 */
export type MicrophoneProblem = 'denied' | 'missing' | 'in-use' | 'insecure-context' | 'failed';

const PROBLEM_BY_NAME: Readonly<Record<string, MicrophoneProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'in-use',
  AbortError: 'in-use',
};

/** The microphone could not be opened, or was lost. Branch on `reason`. */
export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError';
  readonly reason: MicrophoneProblem;

  constructor(reason: MicrophoneProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  /** From what getUserMedia rejects with. */
  static from(cause: unknown): MicrophoneError {
    if (cause instanceof MicrophoneError) return cause;
    const { name, message } = cause instanceof Error ? cause : { name: '', message: String(cause) };
    return new MicrophoneError(PROBLEM_BY_NAME[name] ?? 'failed', message, { cause });
  }

  static insecureContext(): MicrophoneError {
    return new MicrophoneError('insecure-context', 'Microphones need a page served over https, or from localhost');
  }

  static lost(): MicrophoneError {
    return new MicrophoneError('missing', 'The microphone was unplugged or taken away');
  }
}
