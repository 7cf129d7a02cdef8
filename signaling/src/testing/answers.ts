import * as fake from 'mediasoup-client/fakeParameters';
import { AGENT_ID, type RequestName, type RequestOf, type ResponseOf } from '../protocol/index.ts';

type Answers = { [N in RequestName]: (message: RequestOf<N>) => ResponseOf<N> };

export const CALLER_ID = 'caller-1';
export const AGENT_PRODUCER = { producerId: 'agent-voice', peerId: AGENT_ID };

let made = 0;

/** How a call that goes well is answered. */
export const answers: Answers = {
  join: ({ room }) => ({
    room: room ?? 'own-room',
    conversation: 'conversation-1',
    callerId: CALLER_ID,
    resume: { secret: 'secret-1', windowMs: 30_000 },
    seq: 0,
    captions: [],
    routerRtpCapabilities: fake.generateRouterRtpCapabilities() as ResponseOf<'join'>['routerRtpCapabilities'],
    producers: [],
    peers: [],
    agentState: 'idle',
    answers: 'every-turn',
    engines: [
      { stage: 'vad', engine: 'silero', reason: 'bundled', lite: false },
      { stage: 'asr', engine: 'pocketsphinx', reason: 'no key, no model', lite: true },
      { stage: 'llm', engine: 'scripted', reason: 'no key, no local server', lite: true },
      { stage: 'tts', engine: 'espeak-ng', reason: 'no key, no model', lite: true },
    ],
  }),
  resume: ({ secret }) => {
    const { producers, peers, agentState, captions, ...entered } = answers.join({});
    return { ...entered, resume: { secret: `${secret}+`, windowMs: 30_000 }, muted: false };
  },
  'create-transport': () => {
    const { id, ...parameters } = fake.generateTransportRemoteParameters();
    return { transportId: id, ...parameters } as unknown as ResponseOf<'create-transport'>;
  },
  'connect-transport': () => ({}),
  'restart-ice': () => ({ iceParameters: { usernameFragment: 'again', password: 'again' } }),
  produce: () => ({ producerId: `producer-${++made}` }),
  consume: ({ producerId }) => {
    const { rtpParameters } = fake.generateConsumerRemoteParameters({ codecMimeType: 'audio/opus' });
    return {
      consumerId: `consumer-${++made}`,
      producerId,
      kind: 'audio',
      rtpParameters: rtpParameters as unknown as ResponseOf<'consume'>['rtpParameters'],
    };
  },
  'resume-consumer': () => ({}),
  playing: () => ({}),
  playout: () => ({}),
  mute: () => ({}),
  text: () => ({}),
  interrupt: () => ({}),
  ask: () => ({}),
  'speak-as': () => ({}),
  'offer-tools': () => ({}),
  'tool-result': () => ({}),
  leave: () => ({}),
};
