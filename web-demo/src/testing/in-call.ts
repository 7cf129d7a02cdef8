import type { InCall } from '@parley/signaling';

/** A call in which all is well. */
export const inCall: InCall = {
  kind: 'in-call',
  room: 'tea',
  callerId: 'me',
  engines: [],
  answers: 'every-turn',
  recording: false,
  muted: false,
  microphone: { kind: 'on', deviceId: 'one', label: 'Desk' },
  audio: 'playing',
};
