import type { Device, types } from 'mediasoup-client';
import type { RequestName, RequestOf, ResponseOf } from '../protocol/index.ts';
import { SignalingError } from './errors.ts';
import { type PlayoutTotals, playoutTotals, silenceOf } from './playout.ts';

export type Direction = 'send' | 'recv';
export type ConnectionState = types.ConnectionState;
export type Request = <N extends RequestName>(name: N, message: RequestOf<N>) => Promise<ResponseOf<N>>;

/** Mono speech that survives loss and costs nothing in silence. */
const OPUS: types.ProducerCodecOptions = { opusStereo: false, opusFec: true, opusDtx: true, opusNack: true };

export interface MediaOptions {
  readonly request: Request;
  readonly loadDevice: () => Promise<Device>;
  readonly routerRtpCapabilities: ResponseOf<'join'>['routerRtpCapabilities'];
  /** The page's own; the server's come with each transport. */
  readonly iceServers: RTCIceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  readonly onConnection: (direction: Direction, state: ConnectionState) => void;
}

/** Fetches mediasoup-client when a call needs it; pages load without it. Throws `unreachable` or `unsupported`. */
export async function loadDevice(): Promise<Device> {
  const { Device, detectDevice } = await import('mediasoup-client').catch((error) => {
    throw SignalingError.unreachable(error);
  });
  // A browser it does not know, but with WebRTC, speaks as the most common one does.
  const known = detectDevice() ?? (typeof RTCPeerConnection === 'undefined' ? undefined : 'Chrome111');
  if (!known) throw SignalingError.unsupported();
  return Device.factory({ handlerName: known });
}

/** The WebRTC side of one link: one transport up, one down. Knows nothing of reconnection. */
export class Media {
  readonly #options: MediaOptions;
  readonly #device: Device;
  readonly #consumers = new Map<string, types.Consumer>();
  #recv: types.Transport | undefined;
  #send: types.Transport | undefined;
  #producer: Promise<types.Producer> | undefined;
  #closed = false;

  private constructor(options: MediaOptions, device: Device) {
    this.#options = options;
    this.#device = device;
  }

  /** Makes the transport for listening. Throws a SignalingError. */
  static async open(options: MediaOptions): Promise<Media> {
    const device = await options.loadDevice();
    await device.load({ routerRtpCapabilities: options.routerRtpCapabilities as types.RtpCapabilities });
    const media = new Media(options, device);
    media.#recv = await media.#transport('recv');
    return media;
  }

  /** Sends `track`, in place of the one sent before. */
  async send(track: MediaStreamTrack): Promise<void> {
    const before = this.#producer;
    if (before) return (await before).replaceTrack({ track });
    this.#producer = this.#produce(track);
    try {
      await this.#producer;
    } catch (error) {
      this.#producer = undefined;
      throw error;
    }
  }

  /** Takes in a producer's audio, still paused: `resume()` when its track is attached. */
  async receive(producerId: string): Promise<{ track: MediaStreamTrack; resume: () => Promise<void> }> {
    const { request } = this.#options;
    const rtpCapabilities = this.#device.recvRtpCapabilities as RequestOf<'consume'>['rtpCapabilities'];
    const answer = await request('consume', { transportId: this.#recv!.id, producerId, rtpCapabilities });
    const consumer = await this.#recv!.consume({
      id: answer.consumerId,
      producerId,
      kind: answer.kind,
      rtpParameters: answer.rtpParameters as types.RtpParameters,
    });
    this.#consumers.set(producerId, consumer);
    return {
      track: consumer.track,
      resume: async () => void (await request('resume-consumer', { consumerId: consumer.id })),
    };
  }

  remove(producerId: string): void {
    this.#consumers.get(producerId)?.close();
    this.#consumers.delete(producerId);
  }

  /** New ICE candidates for a transport that lost its way. */
  async restartIce(direction: Direction): Promise<void> {
    const transport = direction === 'send' ? this.#send : this.#recv;
    if (!transport) return;
    const { iceParameters, iceServers = [] } = await this.#options.request('restart-ice', {
      transportId: transport.id,
    });
    // The credentials of the first ones may have ended meanwhile.
    if (iceServers.length > 0) {
      await transport.updateIceServers({ iceServers: [...this.#options.iceServers, ...iceServers] });
    }
    await transport.restartIce({ iceParameters });
  }

  /** How far playing is behind arriving, as running totals; undefined before the first packet. */
  async playout(producerId: string): Promise<PlayoutTotals | undefined> {
    const consumer = this.#consumers.get(producerId);
    return consumer && !consumer.closed ? playoutTotals(await consumer.getStats()) : undefined;
  }

  /** For how long no packet of this producer has come, in ms; undefined where that is not known. */
  async silentMs(producerId: string): Promise<number | undefined> {
    const consumer = this.#consumers.get(producerId);
    return consumer && !consumer.closed ? silenceOf(await consumer.getStats()) : undefined;
  }

  isConnected(direction: Direction): boolean {
    return (direction === 'send' ? this.#send : this.#recv)?.connectionState === 'connected';
  }

  close(): void {
    this.#closed = true;
    this.#send?.close();
    this.#recv?.close();
    this.#consumers.clear();
  }

  async #produce(track: MediaStreamTrack): Promise<types.Producer> {
    this.#send ??= await this.#transport('send');
    // The microphone owns its track; muting and stopping happen there.
    return this.#send.produce({ track, codecOptions: OPUS, stopTracks: false, disableTrackOnPause: false });
  }

  async #transport(direction: Direction): Promise<types.Transport> {
    const { request, iceTransportPolicy, onConnection } = this.#options;
    const { transportId, ...parameters } = await request('create-transport', { direction });
    if (this.#closed) throw SignalingError.closed();
    const iceServers = [...this.#options.iceServers, ...(parameters.iceServers ?? [])];
    // The protocol bounds these; mediasoup-client knows their full shape.
    const options = {
      ...parameters,
      id: transportId,
      iceServers,
      iceTransportPolicy,
    } as unknown as types.TransportOptions;
    const transport =
      direction === 'send' ? this.#device.createSendTransport(options) : this.#device.createRecvTransport(options);
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      request('connect-transport', { transportId, dtlsParameters }).then(() => done(), fail);
    });
    transport.on('produce', ({ rtpParameters }, done, fail) => {
      const message = {
        transportId,
        kind: 'audio',
        rtpParameters: rtpParameters as RequestOf<'produce'>['rtpParameters'],
      };
      request('produce', message as RequestOf<'produce'>).then(({ producerId }) => done({ id: producerId }), fail);
    });
    transport.on('connectionstatechange', (state) => onConnection(direction, state));
    return transport;
  }
}
