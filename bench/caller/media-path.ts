import type { TransportInfo } from '@parley/signaling/protocol';
import {
  IceCandidate,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
  RtpHeader,
  type RtpPacket,
} from 'werift';

export interface MediaPathOptions {
  readonly offer: TransportInfo;
  /** Tells the server our DTLS side: it answers the handshake after that. */
  readonly confirm: (dtls: {
    role: 'client';
    fingerprints: { algorithm: string; value: string }[];
  }) => Promise<unknown>;
  /** `at`: clock's ms at which the packet was handed to us. */
  readonly onRtp?: (packet: RtpPacket, at: number) => void;
}

export interface OutgoingPacket {
  readonly payload: Uint8Array;
  readonly payloadType: number;
  readonly ssrc: number;
  readonly sequence: number;
  /** 48 kHz. */
  readonly timestamp: number;
  readonly marker: boolean;
}

/** What browsers prefer: AEAD_AES_128_GCM. */
const SRTP_PROFILES: ConstructorParameters<typeof RTCDtlsTransport>[3] = [7];

/** One WebRTC transport as a browser has it, without SDP: ICE to a lite server, DTLS as client, SRTP. */
export class MediaPath {
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;

  private constructor(ice: RTCIceTransport, dtls: RTCDtlsTransport) {
    this.#ice = ice;
    this.#dtls = dtls;
  }

  /** Resolves when media can flow. */
  static async open({ offer, confirm, onRtp }: MediaPathOptions): Promise<MediaPath> {
    const { iceParameters, iceCandidates, dtlsParameters } = offer;
    const local = iceCandidates.every(({ ip }) => ip.startsWith('127.'));
    const gatherer = new RTCIceGatherer(
      // A socket of another interface cannot send to loopback, and the reverse.
      local ? { useIpv6: false, additionalHostAddresses: ['127.0.0.1'] } : {},
    );
    const ice = new RTCIceTransport(gatherer);
    ice.connection.iceControlling = true;
    // A public STUN server is its default.
    ice.connection.stunServer = undefined;
    const dtls = new RTCDtlsTransport({}, ice, await RTCDtlsTransport.SetupCertificate(), SRTP_PROFILES);
    const path = new MediaPath(ice, dtls);
    try {
      await ice.gather();
      ice.setRemoteParams(new RTCIceParameters({ iceLite: true, ...iceParameters }));
      for (const [at, candidate] of iceCandidates.entries()) {
        if (candidate.protocol === 'udp') await ice.addRemoteCandidate(toWerift(candidate, at));
      }
      await ice.addRemoteCandidate(undefined);
      await confirm({ role: 'client', fingerprints: dtls.localParameters.fingerprints });
      dtls.setRemoteParams(new RTCDtlsParameters(dtlsParameters.fingerprints, 'server'));
      dtls.role = 'client';
      if (onRtp) dtls.onRtp.subscribe((packet) => onRtp(packet, performance.now()));
      await ice.start();
      await dtls.start();
      return path;
    } catch (error) {
      await path.close();
      throw error;
    }
  }

  send({ payload, payloadType, ssrc, sequence, timestamp, marker }: OutgoingPacket): void {
    const header = new RtpHeader({ version: 2, payloadType, ssrc, sequenceNumber: sequence, timestamp, marker });
    void this.#dtls.sendRtp(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), header);
  }

  async close(): Promise<void> {
    await this.#dtls.stop();
    await this.#ice.stop();
  }
}

type OfferedCandidate = TransportInfo['iceCandidates'][number];

function toWerift({ foundation, ip, port, protocol, ...rest }: OfferedCandidate, at: number): IceCandidate {
  const priority = typeof rest.priority === 'number' ? rest.priority : 1000 - at;
  return new IceCandidate(1, foundation, ip, port, priority, protocol, 'host');
}
