import { parse } from 'sdp-transform';
import * as z from 'zod';
import type { DtlsParameters, RtpParameters } from '../../rooms/index.ts';
import { RealtimeError } from '../protocol.ts';

/** A section of the offer; each has its answer in the same place. */
export interface Section {
  readonly mid: string;
  readonly type: string;
  readonly protocol: string;
  readonly payloads: string;
}

export interface AudioSection extends Section {
  readonly opus: { readonly payloadType: number; readonly feedback: readonly string[] };
  /** Header extensions that we know. */
  readonly extensions: readonly { readonly id: number; readonly uri: string }[];
  /** The client sends audio. */
  readonly speaks: boolean;
  /** It takes audio. */
  readonly hears: boolean;
  readonly ssrc: number | undefined;
  readonly cname: string | undefined;
}

/** What a client offers to send and to take. */
export interface Offer {
  readonly sections: readonly Section[];
  readonly audio: AudioSection;
  /** Absent: the client wants no data channel. */
  readonly data: Section | undefined;
  /** Of the client, which is to begin the handshake. */
  readonly dtls: DtlsParameters;
}

/** Longest offer, in characters; browsers write some thousand. */
export const LONGEST_OFFER = 65_536;
const MOST_SECTIONS = 32;

/** What mediasoup takes in, of what browsers offer. */
const EXTENSIONS: readonly string[] = [
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
];

/**
 * Names the section of a packet. Chromium drops packets without it where it was agreed on, and we send none: numbers of
 * extensions are those of the router. So it is taken only from who does not tell its SSRC.
 */
const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';

const text = z.union([z.string(), z.number()]).transform(String);
const fingerprint = z.object({
  type: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
  hash: z.string().regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){19,63}$/i),
});
const section = z.object({
  type: z.string(),
  port: z.number(),
  protocol: z.string(),
  payloads: text.default(''),
  mid: text.optional(),
  direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).default('sendrecv'),
  bundleOnly: z.string().optional(),
  rtcpMux: z.string().optional(),
  setup: z.string().optional(),
  fingerprint: fingerprint.optional(),
  rtp: z.array(z.object({ payload: z.int().min(0).max(127), codec: text, rate: z.number().optional() })).default([]),
  rtcpFb: z.array(z.object({ payload: text, type: text, subtype: text.optional() })).default([]),
  ext: z.array(z.looseObject({ value: z.int().min(1).max(14), uri: text }).catch({ value: 1, uri: '' })).default([]),
  ssrcs: z.array(z.object({ id: z.int().min(1).max(0xffffffff), attribute: text, value: text.optional() })).default([]),
  sctpPort: z.number().optional(),
});
const description = z.object({
  setup: z.string().optional(),
  fingerprint: fingerprint.optional(),
  direction: section.shape.direction,
  groups: z.array(z.object({ type: text, mids: text })).default([]),
  media: z.array(section).min(1).max(MOST_SECTIONS),
});
type ParsedSection = z.output<typeof section>;
type Description = z.output<typeof description>;

/** Throws a RealtimeError that says what is wrong with it. */
export function readOffer(sdp: string): Offer {
  const offer = parsed(sdp);
  const [bundle] = offer.groups.filter(({ type }) => type === 'BUNDLE');
  const bundled = (each: ParsedSection): boolean =>
    each.mid !== undefined && (bundle?.mids.split(' ').includes(each.mid) ?? offer.media.length === 1);
  const open = offer.media.filter((each) => (each.port !== 0 || each.bundleOnly) && bundled(each));
  const audio = open.find((each) => each.type === 'audio' && opusOf(each) !== undefined);
  if (!audio) throw bad('it has no bundled audio section (m=audio, a=mid) with Opus');
  if (!audio.rtcpMux) throw bad('its audio section lacks a=rtcp-mux');
  const data = open.find(({ type, sctpPort }) => type === 'application' && sctpPort !== undefined);
  return {
    sections: offer.media.map(shown),
    audio: audioOf(audio),
    data: data && shown(data),
    dtls: dtlsOf(offer, audio),
  };
}

/** What the client sends, for a producer. */
export const voiceOf = ({ mid, opus, extensions, ssrc, cname }: AudioSection): RtpParameters => ({
  mid,
  codecs: [
    {
      mimeType: 'audio/opus',
      payloadType: opus.payloadType,
      clockRate: 48_000,
      channels: 2,
      parameters: { useinbandfec: 1 },
      rtcpFeedback: opus.feedback.map((type) => ({ type, parameter: '' })),
    },
  ],
  headerExtensions: extensions.map(({ id, uri }) => ({ id, uri })) as NonNullable<RtpParameters['headerExtensions']>,
  encodings: [ssrc === undefined ? {} : { ssrc }],
  rtcp: { reducedSize: true, ...(cname && { cname }) },
});

function parsed(sdp: string): Description {
  if (!sdp.startsWith('v=0')) throw bad('it does not begin with v=0');
  if (sdp.length > LONGEST_OFFER) throw bad(`it is longer than ${LONGEST_OFFER} characters`);
  const { data, error } = description.safeParse(parse(sdp));
  if (data) return data;
  const [issue] = error.issues;
  throw bad(`${issue?.path.join('.')}: ${issue?.message}`);
}

function audioOf(section: ParsedSection): AudioSection {
  const payloadType = opusOf(section) as number;
  const [source] = section.ssrcs;
  return {
    ...shown(section),
    opus: { payloadType, feedback: feedbackOf(section, payloadType) },
    extensions: section.ext
      .filter(({ uri }) => EXTENSIONS.includes(uri) || (uri === MID && !source))
      .map(({ value, uri }) => ({ id: value, uri })),
    speaks: section.direction === 'sendrecv' || section.direction === 'sendonly',
    hears: section.direction === 'sendrecv' || section.direction === 'recvonly',
    ssrc: source?.id,
    cname: section.ssrcs.find(({ attribute }) => attribute === 'cname')?.value,
  };
}

const opusOf = ({ rtp }: ParsedSection): number | undefined =>
  rtp.find(({ codec, rate }) => codec.toLowerCase() === 'opus' && rate === 48_000)?.payload;

/** Of the kinds of RTCP feedback that both sides know. */
const feedbackOf = ({ rtcpFb }: ParsedSection, payloadType: number): string[] =>
  ['transport-cc', 'nack'].filter((wanted) =>
    rtcpFb.some(({ payload, type, subtype }) => {
      const isOurs = payload === '*' || payload === String(payloadType);
      return isOurs && type === wanted && subtype === undefined;
    }),
  );

function dtlsOf(offer: Description, audio: ParsedSection): DtlsParameters {
  const setup = audio.setup ?? offer.setup;
  const print = audio.fingerprint ?? offer.fingerprint;
  if (!print) throw bad('it has no a=fingerprint');
  // The client's role decides which number its first data channel has.
  if (setup !== 'actpass' && setup !== 'active') throw bad('a=setup is to be actpass');
  return { role: 'client', fingerprints: [{ algorithm: print.type, value: print.hash.toUpperCase() }] };
}

const shown = ({ mid = '', type, protocol, payloads }: ParsedSection): Section => ({ mid, type, protocol, payloads });

const bad = (why: string): RealtimeError =>
  new RealtimeError('invalid_offer', `the SDP offer cannot be used: ${why}`, 'sdp');
