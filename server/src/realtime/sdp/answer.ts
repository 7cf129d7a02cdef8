import { type MediaDescription, type SessionDescription, write } from 'sdp-transform';
import type { TransportOffer } from '../../rooms/index.ts';
import type { AudioSection, Offer, Section } from './offer.ts';

export interface Answerer extends Omit<TransportOffer, 'transportId'> {
  /** Names the answer; a number, as RFC 4566 has it. */
  readonly sessionId: number;
  /** Longest message of a data channel, in bytes. */
  readonly maxDataBytes: number;
}

/** Of no use, since ICE finds the addresses: RFC 8829, 5.3.1. */
const NO_PORT = 9;
const NOWHERE = { version: 4, ip: '0.0.0.0' } as const;
const SCTP_PORT = 5000;
/** The stream under which the agent's voice comes. */
const STREAM = 'parley';
const VOICE = 'agent';

/** The SDP answer: what of the offer is taken, and where we are. Whatever is neither our audio nor our data is refused. */
export function writeAnswer(offer: Offer, answerer: Answerer): string {
  const taken = [offer.audio, offer.data].filter((each) => each !== undefined);
  const answer: SessionDescription = {
    version: 0,
    origin: {
      username: STREAM,
      sessionId: answerer.sessionId,
      sessionVersion: 1,
      netType: 'IN',
      ipVer: 4,
      address: '0.0.0.0',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    icelite: 'ice-lite',
    groups: [{ type: 'BUNDLE', mids: taken.map(({ mid }) => mid).join(' ') }],
    msidSemantic: { semantic: 'WMS', token: STREAM },
    media: offer.sections.map((section) => {
      if (section.mid !== '' && section.mid === offer.audio.mid) return audioSection(offer.audio, answerer);
      if (section.mid !== '' && section.mid === offer.data?.mid) return dataSection(offer.data, answerer);
      return refused(section);
    }),
  };
  return write(answer);
}

/** The client, which is not lite, begins the handshake. */
function transportOf({ iceParameters, iceCandidates, dtlsParameters }: Answerer): Partial<MediaDescription> {
  const print = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  return {
    connection: NOWHERE,
    iceUfrag: iceParameters.usernameFragment,
    icePwd: iceParameters.password,
    ...(print && { fingerprint: { type: print.algorithm, hash: print.value } }),
    setup: 'passive',
    candidates: iceCandidates.map(({ foundation, protocol, priority, address, port, type, tcpType }) => ({
      foundation,
      component: 1,
      transport: protocol,
      priority,
      ip: address,
      port,
      type,
      ...(tcpType && { tcptype: tcpType }),
    })),
    endOfCandidates: 'end-of-candidates',
  };
}

function audioSection(audio: AudioSection, answerer: Answerer): MediaDescription {
  const { mid, type, protocol, opus, extensions, speaks, hears } = audio;
  const payload = opus.payloadType;
  return {
    type,
    port: NO_PORT,
    protocol,
    payloads: String(payload),
    ...transportOf(answerer),
    mid,
    direction: speaks ? (hears ? 'sendrecv' : 'recvonly') : hears ? 'sendonly' : 'inactive',
    ...(hears && { msid: [{ id: STREAM, appdata: VOICE }] }),
    rtcpMux: 'rtcp-mux',
    rtcpRsize: 'rtcp-rsize',
    rtp: [{ payload, codec: 'opus', rate: 48_000, encoding: 2 }],
    fmtp: [{ payload, config: 'minptime=10;useinbandfec=1;usedtx=1' }],
    rtcpFb: opus.feedback.map((each) => ({ payload, type: each })),
    ext: extensions.map(({ id, uri }) => ({ value: id, uri })),
  };
}

function dataSection({ mid, type, protocol }: Section, answerer: Answerer): MediaDescription {
  return {
    type,
    port: NO_PORT,
    protocol,
    payloads: 'webrtc-datachannel',
    ...transportOf(answerer),
    mid,
    rtp: [],
    fmtp: [],
    sctpPort: SCTP_PORT,
    maxMessageSize: answerer.maxDataBytes,
  };
}

/** Port 0. */
const refused = ({ mid, type, protocol, payloads }: Section): MediaDescription => ({
  type,
  port: 0,
  protocol,
  payloads,
  connection: NOWHERE,
  ...(mid !== '' && { mid }),
  direction: 'inactive',
  rtp: [],
  fmtp: [],
});
