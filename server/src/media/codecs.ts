import type { RtpCapabilities, RtpCodecCapability, RtpParameters } from 'mediasoup/types';

/** Payload type of Opus everywhere: what browsers offer first, and what the agent is told. */
export const OPUS_PAYLOAD_TYPE = 111;
const OPUS = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } as const;

/** One codec: speech is Opus with in-band FEC. mediasoup adds NACK by itself. */
export const routerCodecs = (preferredPayloadType = OPUS_PAYLOAD_TYPE): RtpCodecCapability[] => [
  { kind: 'audio', ...OPUS, preferredPayloadType, parameters: { useinbandfec: 1 } },
];

/** A caller's ear that takes bare Opus. */
export const plainEar = (preferredPayloadType: number): RtpCapabilities => ({
  codecs: [{ kind: 'audio', ...OPUS, preferredPayloadType, rtcpFeedback: [] }],
  headerExtensions: [],
});

/** What the agent takes on its plain socket: bare Opus, no header extensions, no feedback. */
export const AGENT_EAR: RtpCapabilities = plainEar(OPUS_PAYLOAD_TYPE);

/** What the agent sends: mono speech in Opus under one fixed SSRC. */
export const agentVoice = (ssrc: number): RtpParameters => ({
  codecs: [
    { ...OPUS, payloadType: OPUS_PAYLOAD_TYPE, parameters: { useinbandfec: 1, 'sprop-stereo': 0 }, rtcpFeedback: [] },
  ],
  encodings: [{ ssrc }],
});
