import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { HEARING_RATE } from '@parley/agent';
import { rms } from '@parley/agent/testing';
import { AGENT_ID } from '@parley/signaling/protocol';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusDecoder, OpusLibrary } from '../../agent/src/codec/index.ts';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's packets
import { isRtcp, parseRtp, type RtpPacket, serializeRtp } from '../../agent/src/rtp/index.ts';
import type { Said } from '../caller/microphone.ts';
import { Signaling } from '../caller/signaling.ts';
import { isSent, type Utterance, type Voice } from '../caller/voice.ts';
import type { Beat } from './beat.ts';
import { Flow } from './flow.ts';
import type { LoadCaller } from './load-caller.ts';

export interface PlainCallerOptions {
  readonly url: string;
  readonly beat: Beat;
  readonly voice: Pick<Voice, 'silence'>;
  readonly library: OpusLibrary;
}

const PAYLOAD_TYPE = 111;
const UNITS_A_FRAME = 960;
/** What is softer than this is silence: -40 dB of full scale. */
const VOICE_LEVEL = 328;
/** A packet is judged by its end, in ms, as Opus is late by 6.5. */
const JUDGED_MS = 8;
const RECEIVE_BUFFER_BYTES = 1 << 18;

interface Saying {
  readonly utterance: Utterance;
  readonly done: PromiseWithResolvers<Said>;
  next: number;
  onsetAt: number;
}

/** A caller over plain RTP, real signaling beside it: a hundred of them fit where few fit that encrypt. */
export class PlainCaller implements LoadCaller {
  readonly flow: Flow;
  readonly problems: string[] = [];
  readonly #options: PlainCallerOptions;
  readonly #signaling: Signaling;
  readonly #socket: Socket;

  readonly #ssrc = randomInt(1, 2 ** 32 - 1);
  #port = 0;
  #sequence = randomInt(0x10000);
  #timestamp = randomInt(0x100000000);
  #count = randomInt(100);
  #paused = true;
  #saying: Saying | undefined;
  readonly #decoder: OpusDecoder;
  /** Arrivals of packets with voice since the last sentence began. */
  #voiced: number[] = [];
  /** Only from a sentence's beginning to its answer's: decoding all would cost more than all else here. */
  #judging = false;
  #waiting: { readonly after: number; readonly resolve: (at: number) => void } | undefined;
  #leaveBeat: (() => void) | undefined;

  private constructor(options: PlainCallerOptions, signaling: Signaling, socket: Socket) {
    this.#options = options;
    this.#signaling = signaling;
    this.#socket = socket;
    this.#decoder = options.library.decoder({ rate: HEARING_RATE });
    this.flow = new Flow((at) => options.beat.worstStop(at - 100, at) > 0);
    socket.on('message', (bytes) => this.#receive(bytes));
    signaling.on('problem', ({ code, message }) => void this.problems.push(`${code}: ${message}`));
    signaling.on('call-ended', ({ reason }) => void this.problems.push(`call ended: ${reason}`));
  }

  /** Resolves when both directions flow and the server knows that the agent is heard. */
  static async join(options: PlainCallerOptions): Promise<PlainCaller> {
    const signaling = await Signaling.connect(options.url);
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    try {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const caller = new PlainCaller(options, signaling, socket);
      await caller.#enter();
      return caller;
    } catch (error) {
      signaling.close();
      socket.close();
      throw error;
    }
  }

  say(utterance: Utterance): Promise<Said> {
    if (this.#saying && this.#saying.next <= this.#saying.utterance.last)
      throw new TypeError('a sentence is being said');
    this.#voiced = [];
    this.#judging = true;
    this.#saying = { utterance, done: Promise.withResolvers(), next: 0, onsetAt: 0 };
    return this.#saying.done.promise;
  }

  voiceAfter(after: number): Promise<number> {
    const found = this.#voiced.find((at) => at > after);
    if (found === undefined) {
      return new Promise((resolve) => {
        this.#waiting = { after, resolve };
      });
    }
    this.#judging = false;
    return Promise.resolve(found);
  }

  voiceBetween(from: number, to: number): number[] {
    return this.#voiced.filter((at) => at > from && at < to);
  }

  async type(text: string): Promise<void> {
    await this.#signaling.request('text', { text });
  }

  async leave(gently = true): Promise<void> {
    this.#leaveBeat?.();
    if (gently) await this.#signaling.request('leave', {}).catch(() => {});
    this.#signaling.close();
    this.#socket.close();
    this.#decoder.close();
  }

  async #enter(): Promise<void> {
    const signaling = this.#signaling;
    const { producers, routerRtpCapabilities: rtpCapabilities } = await signaling.request('join', {});
    const up = await signaling.request('create-transport', { direction: 'send' });
    const down = await signaling.request('create-transport', { direction: 'recv' });
    this.#port = portOf(up.iceCandidates);
    const opus = { mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 };
    await signaling.request('produce', {
      transportId: up.transportId,
      kind: 'audio',
      rtpParameters: {
        codecs: [{ ...opus, parameters: { useinbandfec: 1 } }],
        encodings: [{ ssrc: this.#ssrc }],
        rtcp: { cname: `c${this.#ssrc}` },
      },
    });
    this.#leaveBeat = this.#options.beat.join((at) => this.#send(at));
    // So that the other side learns where to send.
    this.#socket.send(
      this.#packet(this.#options.voice.silence[0] as Uint8Array),
      portOf(down.iceCandidates),
      '127.0.0.1',
    );
    const agent = producers.find(({ peerId }) => peerId === AGENT_ID);
    if (!agent) throw new Error('the room has no agent');
    const { transportId } = down;
    const { consumerId } = await signaling.request('consume', {
      transportId,
      producerId: agent.producerId,
      rtpCapabilities,
    });
    await signaling.request('resume-consumer', { consumerId });
    await signaling.request('playing', {});
  }

  #send(at: number): void {
    const saying = this.#saying;
    const { silence } = this.#options.voice;
    const index = saying ? saying.next++ : this.#count % silence.length;
    const payload = (saying ? saying.utterance.packets[index] : silence[index]) as Uint8Array;
    if (isSent(payload)) {
      this.#socket.send(this.#packet(payload, this.#paused), this.#port, '127.0.0.1');
      this.#sequence = (this.#sequence + 1) & 0xffff;
    }
    this.#paused = !isSent(payload);
    this.#timestamp = (this.#timestamp + UNITS_A_FRAME) % 2 ** 32;
    this.#count++;
    if (!saying) return;
    const { utterance, done } = saying;
    if (index === utterance.first) saying.onsetAt = at;
    if (index === utterance.last) done.resolve({ onsetAt: saying.onsetAt, lastSpeechAt: performance.now() });
    if (index === utterance.packets.length - 1) this.#saying = undefined;
  }

  #packet(payload: Uint8Array, marker = false): Uint8Array {
    const [ssrc, sequence, timestamp] = [this.#ssrc, this.#sequence, this.#timestamp];
    return serializeRtp({ ssrc, sequence, timestamp, marker, payloadType: PAYLOAD_TYPE, payload });
  }

  #receive(bytes: Uint8Array): void {
    if (isRtcp(bytes)) return;
    const at = performance.now();
    const packet: RtpPacket = parseRtp(bytes);
    this.flow.receive(at, packet.sequence, packet.timestamp);
    if (!this.#judging || packet.payload.length === 0) return;
    const pcm = this.#decoder.decode(packet.payload);
    if (rms(pcm, pcm.length - (HEARING_RATE * JUDGED_MS) / 1000) <= VOICE_LEVEL) return;
    this.#voiced.push(at);
    const waiting = this.#waiting;
    if (!waiting || at <= waiting.after) return;
    this.#waiting = undefined;
    this.#judging = false;
    waiting.resolve(at);
  }
}

function portOf(candidates: readonly { readonly port: number }[]): number {
  const [candidate] = candidates;
  if (!candidate) throw new Error('the server offers no port');
  return candidate.port;
}
