import type {
  DirectTransport,
  PlainTransport,
  Router,
  RtpCapabilities,
  WebRtcServer,
  WebRtcTransport,
} from 'mediasoup/types';
import { AGENT_EAR } from './codecs.ts';
import { DataChannel } from './data-channel.ts';
import { guarded, MediaError } from './errors.ts';

export type {
  Consumer,
  DtlsParameters,
  IceCandidate,
  IceParameters,
  PlainTransport,
  Producer,
  RtpCapabilities,
  RtpParameters,
  WebRtcTransport,
} from 'mediasoup/types';

/** Ports of the plain transports to the agent, on loopback; apart from the default media port. */
const AGENT_PORTS = { min: 20_000, max: 39_999 };
/** A caller with nothing but this transport, who is silent for so long, is gone, in s. */
const ICE_CONSENT_S = 15;

/** The media of one room. It is lost when its worker dies. */
export class RoomRouter {
  readonly #router: Router;
  readonly #webRtcServer: WebRtcServer;
  /** One for all that listens and speaks in this process. */
  #direct: Promise<DirectTransport> | undefined;

  constructor(router: Router, webRtcServer: WebRtcServer) {
    this.#router = router;
    this.#webRtcServer = webRtcServer;
  }

  get rtpCapabilities(): RtpCapabilities {
    return this.#router.rtpCapabilities;
  }

  /** Calls `fn` once when the worker died or was closed; the room has no media from then on. */
  onLost(fn: () => void): void {
    this.#router.once('workerclose', fn);
  }

  /** A browser's transport, on the worker's one port. */
  createCallerTransport(): Promise<WebRtcTransport> {
    return guarded(() => this.#router.createWebRtcTransport({ webRtcServer: this.#webRtcServer, preferUdp: true }));
  }

  /** A browser's only transport, with data channels beside the audio. */
  createTransportWithData(): Promise<WebRtcTransport> {
    return guarded(() =>
      this.#router.createWebRtcTransport({
        webRtcServer: this.#webRtcServer,
        preferUdp: true,
        enableSctp: true,
        iceConsentTimeout: ICE_CONSENT_S,
      }),
    );
  }

  /** Our end of the channel that a caller, who is to be the DTLS client, opens first on such a transport. */
  async openDataChannel(transport: WebRtcTransport): Promise<DataChannel> {
    const direct = await this.#directTransport();
    return guarded(() => DataChannel.open(transport, direct));
  }

  /** The agent's transport, for both directions. It sends where `connect` says, and takes what comes from there. */
  createAgentTransport(): Promise<PlainTransport> {
    return guarded(() =>
      this.#router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: '127.0.0.1', portRange: AGENT_PORTS },
        rtcpMux: true,
        comedia: false,
      }),
    );
  }

  /** Throws where the listener cannot play what the producer sends. */
  assertConsumable(producerId: string, rtpCapabilities: RtpCapabilities): void {
    if (!this.#router.canConsume({ producerId, rtpCapabilities })) {
      throw new MediaError('unsupported', 'these capabilities do not include the Opus that is sent');
    }
  }

  /** Hands over the RTP packets of a producer as they come; the returned function ends that. */
  async tap(producerId: string, onPacket: (packet: Uint8Array) => void): Promise<() => void> {
    const transport = await this.#directTransport();
    const consumer = await guarded(() => transport.consume({ producerId, rtpCapabilities: AGENT_EAR }));
    consumer.on('rtp', onPacket);
    return () => consumer.close();
  }

  close(): void {
    this.#router.close();
  }

  #directTransport(): Promise<DirectTransport> {
    return (this.#direct ??= guarded(() => this.#router.createDirectTransport()));
  }
}
