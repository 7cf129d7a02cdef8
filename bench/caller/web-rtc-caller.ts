import { randomInt } from 'node:crypto';
import type { OpusRate } from '@parley/agent';
import { AGENT_ID, type ResponseOf } from '@parley/signaling/protocol';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';
import { Earpiece, type EarpieceOptions } from './earpiece.ts';
import { MediaPath, type MediaPathOptions } from './media-path.ts';
import { Microphone, type MicrophoneOptions } from './microphone.ts';
import { Notices } from './notices.ts';
import { Signaling } from './signaling.ts';
import type { Voice } from './voice.ts';

export interface WebRtcCallerOptions {
  readonly url: string;
  readonly library: OpusLibrary;
  readonly voice: Pick<Voice, 'silence'>;
  readonly source?: MicrophoneOptions['source'];
  /** Hz at which the agent is decoded. */
  readonly earRate?: OpusRate;
  readonly phaseMs: number;
  readonly language?: string;
  /** A room to share; absent for one of its own. */
  readonly room?: string;
  readonly displayName?: string;
  /** Asked of each packet: true where it gets lost on the line. */
  readonly loses?: () => boolean;
  readonly onSent?: MicrophoneOptions['onSent'];
  readonly onAudio?: EarpieceOptions['onAudio'];
}

const PAYLOAD_TYPE = 111;
const DEFAULT_EAR_RATE = 48_000;

/** A caller in a room: real signaling, ICE, DTLS and SRTP, real speech as Opus. */
export class WebRtcCaller {
  readonly notices: Notices;
  readonly microphone: Microphone;
  readonly earpiece: Earpiece;
  readonly callerId: string;
  readonly signaling: Signaling;
  readonly #paths: readonly MediaPath[];

  private constructor(
    signaling: Signaling,
    notices: Notices,
    microphone: Microphone,
    earpiece: Earpiece,
    paths: readonly MediaPath[],
    callerId: string,
  ) {
    this.callerId = callerId;
    this.signaling = signaling;
    this.notices = notices;
    this.microphone = microphone;
    this.earpiece = earpiece;
    this.#paths = paths;
  }

  /** Resolves when both directions flow and the server knows that the agent is heard. */
  static async join(options: WebRtcCallerOptions): Promise<WebRtcCaller> {
    const signaling = await Signaling.connect(options.url);
    const paths: MediaPath[] = [];
    const { earRate = DEFAULT_EAR_RATE, onAudio } = options;
    const earpiece = new Earpiece({ decoder: options.library.decoder({ rate: earRate }), onAudio });
    try {
      const { language, room, displayName } = options;
      const wishes = { ...(language && { language }), ...(room && { room }), ...(displayName && { displayName }) };
      const joined = await signaling.request('join', wishes);
      const notices = new Notices(signaling, joined.agentState);
      const [sending, receiving] = await Promise.all([
        openPath(signaling, 'send', undefined, paths),
        openPath(signaling, 'recv', (packet, at) => earpiece.receive(packet, at), paths),
      ]);
      const ssrc = await produce(signaling, sending.transportId);
      const { voice, source, phaseMs, onSent, loses = () => false } = options;
      const send: MicrophoneOptions['send'] = (packet) => {
        if (!loses()) sending.path.send(packet);
      };
      const microphone = new Microphone({
        ssrc,
        payloadType: PAYLOAD_TYPE,
        silence: voice.silence,
        source,
        phaseMs,
        send,
        onSent,
      });
      microphone.start();
      await hearAgent(signaling, receiving.transportId, joined);
      return new WebRtcCaller(signaling, notices, microphone, earpiece, paths, joined.callerId);
    } catch (error) {
      signaling.close();
      earpiece.close();
      await Promise.allSettled(paths.map((path) => path.close()));
      throw error;
    }
  }

  /** Typed words: answered at once. */
  async type(text: string): Promise<void> {
    await this.signaling.request('text', { text });
  }

  async leave(): Promise<void> {
    this.microphone.stop();
    await this.signaling.request('leave', {}).catch(() => {});
    this.signaling.close();
    await Promise.allSettled(this.#paths.map((path) => path.close()));
    this.earpiece.close();
  }
}

async function openPath(
  signaling: Signaling,
  direction: 'send' | 'recv',
  onRtp: MediaPathOptions['onRtp'],
  opened: MediaPath[],
): Promise<{ transportId: string; path: MediaPath }> {
  const offer = await signaling.request('create-transport', { direction });
  const { transportId } = offer;
  const path = await MediaPath.open({
    offer,
    confirm: (dtlsParameters) => signaling.request('connect-transport', { transportId, dtlsParameters }),
    onRtp,
  });
  opened.push(path);
  return { transportId, path };
}

async function produce(signaling: Signaling, transportId: string): Promise<number> {
  const ssrc = randomInt(1, 2 ** 32 - 1);
  const opus = { mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 };
  await signaling.request('produce', {
    transportId,
    kind: 'audio',
    rtpParameters: { codecs: [{ ...opus, parameters: { useinbandfec: 1 } }], encodings: [{ ssrc }] },
  });
  return ssrc;
}

async function hearAgent(signaling: Signaling, transportId: string, joined: ResponseOf<'join'>): Promise<void> {
  const agent = joined.producers.find(({ peerId }) => peerId === AGENT_ID);
  if (!agent) throw new Error('the room has no agent');
  const { consumerId } = await signaling.request('consume', {
    transportId,
    producerId: agent.producerId,
    rtpCapabilities: joined.routerRtpCapabilities,
  });
  await signaling.request('resume-consumer', { consumerId });
  await signaling.request('playing', {});
}
