import * as z from 'zod/mini';

// WebRTC parameters pass through to mediasoup, which checks them in depth; here they are bounded and shaped.
const id = z.string().check(z.minLength(1), z.maxLength(64));
const short = z.string().check(z.maxLength(256));

/** Of a transport, a producer or a consumer. */
export const mediaId = id;

/** As in the `a=fmtp` lines of SDP. */
const isSetting = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.length <= 1024);
const settings = z.optional(
  z.record(short, z.unknown().check(z.refine(isSetting, 'expected a short text or a number'))),
);
const feedback = z.looseObject({ type: short, parameter: z.optional(short) });

const codec = {
  mimeType: short,
  clockRate: z.int().check(z.positive()),
  channels: z.optional(z.int()),
  parameters: settings,
  rtcpFeedback: z.optional(z.array(feedback).check(z.maxLength(32))),
};

/** What one side can receive; mediasoup's `RtpCapabilities`. */
export const rtpCapabilities = z.looseObject({
  codecs: z.optional(z.array(z.looseObject(codec)).check(z.maxLength(128))),
  headerExtensions: z.optional(z.array(z.looseObject({ uri: short })).check(z.maxLength(128))),
});

/** What is sent; mediasoup's `RtpParameters`. */
export const rtpParameters = z.looseObject({
  codecs: z.array(z.looseObject({ ...codec, payloadType: z.int() })).check(z.minLength(1), z.maxLength(16)),
  encodings: z.optional(z.array(z.looseObject({})).check(z.maxLength(4))),
  headerExtensions: z.optional(
    z.array(z.looseObject({ uri: short, id: z.int(), parameters: settings })).check(z.maxLength(64)),
  ),
});

export const iceParameters = z.looseObject({ usernameFragment: short, password: short });

export const iceCandidate = z.looseObject({
  foundation: short,
  ip: short,
  port: z.int(),
  protocol: z.enum(['udp', 'tcp']),
});

export const dtlsParameters = z.looseObject({
  role: z.optional(z.enum(['auto', 'client', 'server'])),
  fingerprints: z.array(z.object({ algorithm: short, value: short })).check(z.minLength(1), z.maxLength(16)),
});

const iceServer = z.object({ urls: z.array(short), username: short, credential: short });
/** One of `iceServers`. */
export type IceServer = z.infer<typeof iceServer>;
/** TURN servers with credentials for this caller, which last for an hour or so; absent where the server knows none. */
export const iceServers = z.optional(z.array(iceServer).check(z.maxLength(8)));

/** The server's end of a transport. */
export const transportInfo = z.object({
  transportId: id,
  iceParameters,
  iceCandidates: z.array(iceCandidate),
  dtlsParameters,
  iceServers,
});
export type TransportInfo = z.infer<typeof transportInfo>;
