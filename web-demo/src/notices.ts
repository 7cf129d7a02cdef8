import type { CallEnd, CallProblem, MicrophoneProblem } from '@parley/signaling';
import type { PageState } from './model.ts';
import type { Key } from './strings.ts';

export type NoticeAction = 'rejoin' | 'start-again' | 'retry-microphone' | 'resume-audio' | 'dismiss';

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
  'taken-over': 'endTakenOver',
  idle: 'endIdle',
  'time-limit': 'endTimeLimit',
  refused: 'endRefused',
  unreachable: 'endUnreachable',
  'connection-lost': 'endLost',
  'media-failed': 'endMedia',
  'no-microphone': 'endNoMicrophone',
};

const REFUSAL: Partial<Record<string, Key>> = {
  'room-full': 'roomFull',
  'protocol-version': 'protocolVersion',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  unavailable: 'tooMany',
};

const HELP: Partial<Record<CallEnd['reason'], Key>> = {
  unreachable: 'endUnreachableHelp',
  'media-failed': 'endMediaHelp',
  idle: 'endByAgentHelp',
  'time-limit': 'endByAgentHelp',
};

/** The agent has said good-bye: nothing is wrong. */
const BY_AGENT: ReadonlySet<CallEnd['reason']> = new Set(['idle', 'time-limit'] as const);

const PROBLEM: Record<CallProblem['code'], Key> = {
  'engine-failed': 'problemEngine',
  'session-failed': 'problemSession',
  'media-failed': 'problemMedia',
  'shutting-down': 'problemShutdown',
  'bad-notice': 'problemOther',
  'request-failed': 'problemOther',
};

/** What there is to tell, most urgent first. */
export function noticesOf(state: Pick<PageState, 'call' | 'secure' | 'problem' | 'localAddress' | 'door'>): Notice[] {
  const { call, secure, problem, localAddress, door } = state;
  const notices: Notice[] = [];
  if (call.kind === 'ended' && call.reason !== 'left') notices.push(endNotice(call, call.reason));
  if (call.kind === 'in-call' && call.recording) {
    notices.push({ key: 'recording', tone: 'calm', title: 'recordingNotice', text: 'recordingNoticeHelp' });
  }
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
  } else if (door === 'off') {
    notices.push({ key: 'door', tone: 'calm', title: 'tokensOnly', text: 'tokensOnlyHelp' });
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
  const code = end.error && 'code' in end.error ? end.error.code : undefined;
  if (BY_AGENT.has(reason)) {
    return { key: 'ended', tone: 'calm', title: END[reason], text: HELP[reason], action: 'start-again' };
  }
  const ended = { key: 'ended', tone: 'error', action: end.rejoin ? 'rejoin' : undefined } as const;
  if (code === 'unsupported') return { ...ended, title: 'endUnsupported', text: 'endUnsupportedHelp' };
  const text = (code && REFUSAL[code]) ?? HELP[reason] ?? (end.rejoin ? 'endRejoinHelp' : 'endHelp');
  return {
    ...ended,
    title: END[reason],
    text,
    detail: reason === 'refused' && !REFUSAL[code ?? ''] ? end.message : undefined,
  };
}
