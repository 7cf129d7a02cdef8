import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket, useOPUS } from 'werift';
import type { ServerEvent } from '../protocol.ts';
import { Recorded } from './recorded.ts';

export interface WebRtcClientOptions {
  /** http://localhost:... */
  readonly url: string;
  readonly key: string;
  readonly session?: object;
  /** False: the offer has no data channel. */
  readonly events?: boolean;
  /** The server has answered, and knows the call by this id; the client does not know the answer yet. */
  readonly onAnswered?: (id: string) => Promise<void>;
}

type Channel = ReturnType<RTCPeerConnection['createDataChannel']>;

const UNITS_A_FRAME = 960;
const FRAME_MS = 20;

/** A client as a page is one, without a browser: an offer to /v1/realtime/calls, events over the data channel, a track each way. */
export class WebRtcClient {
  readonly got = new Recorded();
  /** Of the call, by `Location`. */
  readonly id: string;
  /** Packets of the agent's voice that were not empty of payload. */
  packets = 0;
  /** Their payload types. */
  readonly payloadTypes = new Set<number>();
  readonly #peer: RTCPeerConnection;
  readonly #track: MediaStreamTrack;
  readonly #channel: Channel | undefined;
  #sequence = 0;

  private constructor(peer: RTCPeerConnection, track: MediaStreamTrack, channel: Channel | undefined, id: string) {
    this.#peer = peer;
    this.#track = track;
    this.#channel = channel;
    this.id = id;
  }

  /** Resolves when media can flow; throws what the server answers where that is no SDP. */
  static async call({ url, key, session, events = true, onAnswered }: WebRtcClientOptions): Promise<WebRtcClient> {
    const peer = new RTCPeerConnection({
      codecs: { audio: [useOPUS({ payloadType: 109 })] },
      // Else it has a socket for each section, and closes one.
      bundlePolicy: 'max-bundle',
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
    });
    const track = new MediaStreamTrack({ kind: 'audio' });
    peer.addTransceiver(track, { direction: 'sendrecv' });
    const channel = events ? peer.createDataChannel('oai-events') : undefined;
    const got = new Recorded();
    channel?.onMessage.subscribe((data) => got.put(JSON.parse(String(data)) as ServerEvent));
    await peer.setLocalDescription(await peer.createOffer());
    const sdp = peer.localDescription?.sdp ?? '';
    const answer = await post(url, key, sdp, session);
    const text = await answer.text();
    if (answer.status !== 201) {
      await peer.close();
      throw Object.assign(new Error(text), { status: answer.status });
    }
    const id = answer.headers.get('location')?.split('/').pop() ?? '';
    await onAnswered?.(id);
    const client = new WebRtcClient(peer, track, channel, id);
    Object.assign(client, { got });
    const connected = new Promise<void>((resolve) =>
      peer.connectionStateChange.subscribe((state) => state === 'connected' && resolve()),
    );
    await peer.setRemoteDescription({ type: 'answer', sdp: text });
    await connected;
    // Its tracks want to know their SSRC before; browsers do not.
    for (const dtls of peer.dtlsTransports) dtls.onRtp.subscribe((packet) => client.#hear(packet));
    return client;
  }

  get open(): boolean {
    return this.#channel?.readyState === 'open';
  }

  /** Resolves when the server has ended it. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.open) resolve();
      else this.#channel?.stateChanged.subscribe((state) => state === 'closed' && resolve());
    });
  }

  send(event: object): void {
    this.#channel?.send(JSON.stringify(event));
  }

  /** Sends packets in real time; resolves when the last one has left. */
  async say(packets: readonly Uint8Array[]): Promise<void> {
    const from = performance.now();
    for (const [n, payload] of packets.entries()) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, from + n * FRAME_MS - performance.now())));
      const sequenceNumber = this.#sequence++ & 0xffff;
      const header = new RtpHeader({
        payloadType: 109,
        sequenceNumber,
        timestamp: sequenceNumber * UNITS_A_FRAME,
        ssrc: 1,
      });
      this.#track.writeRtp(new RtpPacket(header, Buffer.from(payload)));
    }
  }

  #hear({ header, payload }: RtpPacket): void {
    if (payload.length === 0) return;
    this.packets++;
    this.payloadTypes.add(header.payloadType);
  }

  async close(): Promise<void> {
    await this.#peer.close();
  }
}

function post(url: string, key: string, sdp: string, session: object | undefined): Promise<Response> {
  const headers = { authorization: `Bearer ${key}` };
  if (!session) {
    return fetch(`${url}/v1/realtime/calls`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/sdp' },
      body: sdp,
    });
  }
  const body = new FormData();
  body.set('sdp', sdp);
  body.set('session', JSON.stringify(session));
  return fetch(`${url}/v1/realtime/calls`, { method: 'POST', headers, body });
}
