import type { CallEnd, CallProblem, MicrophoneProblem } from '@parley/signaling';
import type { PageState } from './model.ts';
import type { Key } from './strings.ts';

export type NoticeAction = 'rejoin' | 'retry-microphone' | 'resume-audio' | 'dismiss';

/** Something people should know, and what they can do about it. */
export interface Notice {
  readonly key: string;
  readonly tone: 'calm' | 'warning' | 'error';
  readonly title: Key;
  readonly text?: Key;
  readonly values?: Record<string, string | number>;
  /** In the server's own words. */
  readonly detail?: string;
  readonly action?: NoticeAction;
}

const MICROPHONE: Record<MicrophoneProblem, [Key, Key]> = {
  denied: ['microphoneDenied', 'microphoneDeniedHelp'],
  missing: ['microphoneMissing', 'microphoneMissingHelp'],
  'in-use': ['microphoneInUse', 'microphoneInUseHelp'],
  'insecure-context': ['insecure', 'insecureHelp'],
  failed: ['microphoneFailed', 'microphoneFailedHelp'],
};

const END: Record<Exclude<CallEnd['reason'], 'left'>, Key> = {
  'room-closed': 'endRoomClosed',
  'media-worker-died': 'endMediaWorker',
  'agent-failed': 'endAgent',
  shutdown: 'endShutdown',
  refused: 'endRefused',
  unreachable: 'endUnreachable',
  'connection-lost': 'endLost',
  'media-failed': 'endMedia',
  'no-microphone': 'endNoMicrophone',
};

const REFUSAL: Partial<Record<string, Key>> = {
  'room-full': 'roomFull',
  'protocol-version': 'protocolVersion',
  unavailable: 'tooMany',
};

const PROBLEM: Record<CallProblem['code'], Key> = {
  'engine-failed': 'problemEngine',
  'session-failed': 'problemSession',
  'media-failed': 'problemMedia',
  'bad-notice': 'problemOther',
  'request-failed': 'problemOther',
};

/** What there is to tell, most urgent first. */
export function noticesOf(state: Pick<PageState, 'call' | 'secure' | 'problem' | 'localAddress'>): Notice[] {
  const { call, secure, problem, localAddress } = state;
  const notices: Notice[] = [];
  if (call.kind === 'ended' && call.reason !== 'left') notices.push(endNotice(call, call.reason));
  if (call.kind === 'reconnecting') {
    const text = call.cause === 'media' ? 'reconnectingMediaHelp' : 'reconnectingHelp';
    notices.push({
      key: 'reconnecting',
      tone: 'warning',
      title: 'reconnectingTitle',
      text,
      values: { attempt: call.attempt },
    });
  }
  if (call.kind === 'in-call') {
    if (call.audio === 'blocked') {
      notices.push({
        key: 'sound',
        tone: 'warning',
        title: 'soundBlocked',
        text: 'soundBlockedHelp',
        action: 'resume-audio',
      });
    }
    if (call.microphone.kind === 'off' && call.microphone.error) {
      const { reason } = call.microphone.error;
      const [title, text] = MICROPHONE[reason];
      const action = reason === 'insecure-context' ? undefined : 'retry-microphone';
      notices.push({ key: 'microphone', tone: 'warning', title, text, values: { local: localAddress }, action });
    }
  } else if (!secure) {
    notices.push({
      key: 'insecure',
      tone: 'warning',
      title: 'insecure',
      text: 'insecureHelp',
      values: { local: localAddress },
    });
  }
  if (problem) {
    const { code, message } = problem;
    notices.push({ key: 'problem', tone: 'warning', title: PROBLEM[code], detail: message, action: 'dismiss' });
  }
  return notices;
}

function endNotice(end: CallEnd, reason: Exclude<CallEnd['reason'], 'left'>): Notice {
  const title = END[reason];
  const action = end.rejoin ? 'rejoin' : undefined;
  if (reason === 'media-failed') return { key: 'ended', tone: 'error', title, text: 'endMediaHelp', action };
  if (reason === 'unreachable' || reason === 'refused') {
    const known = REFUSAL[end.error && 'code' in end.error ? end.error.code : ''];
    const fallback = reason === 'unreachable' ? 'endUnreachableHelp' : undefined;
    return {
      key: 'ended',
      tone: 'error',
      title,
      text: known ?? fallback,
      detail: known || fallback ? undefined : end.message,
      action,
    };
  }
  return { key: 'ended', tone: 'error', title, text: end.rejoin ? 'endRejoinHelp' : 'endHelp', action };
}
