import * as z from 'zod/mini';
import { MAX_TEXT_LENGTH } from './constants.ts';
import {
  dtlsParameters,
  iceParameters,
  iceServers,
  mediaId,
  rtpCapabilities,
  rtpParameters,
  transportInfo,
} from './media.ts';
import { agentState, answerPolicy, caption, emotion, engineChoice, peer, producerInfo, turnPreset } from './state.ts';
import { clientTools, toolResult } from './tools.ts';

const nothing = z.object({});
const languageTag = z.string().check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/));
/** The agent and other people read it: one line, no control characters. */
const personName = z.string().check(z.trim(), z.maxLength(64), z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u));

/** How the agent is to speak; absent: as the server is set. */
const voiceWishes = {
  /** The id of a voice in `GET /v1/voices`; one that is not there is passed over. */
  voice: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  /** 1 is normal. */
  speed: z.optional(z.number().check(z.minimum(0.25), z.maximum(4))),
  emotion: z.optional(emotion),
};

/** Longest join token, in characters. */
const MAX_TOKEN_LENGTH = 4096;

/** What a caller who has entered must know. */
const entered = {
  /** Also a room of one's own has a name. */
  room: z.string(),
  /** Turns and replies are numbered within it; a room that is opened anew has another. */
  conversation: z.string(),
  /** Yours, as other callers and `transcript` have it. */
  callerId: z.string(),
  routerRtpCapabilities: rtpCapabilities,
  /** What hears, thinks and speaks. */
  engines: z.array(engineChoice),
  /** When the agent answers; where not every turn, `ask` makes it. */
  answers: answerPolicy,
  /** The voices are kept: callers are to be told. */
  recording: z.optional(z.boolean()),
  /** The way back after a lost connection: for `windowMs` after the loss, once. */
  resume: z.object({ secret: z.string(), windowMs: z.number() }),
  /** The number of the room's last event that this answer includes. */
  seq: z.int(),
};

/** How the room stands. */
const snapshot = {
  /** The audio that can be had: `consume` each. */
  producers: z.array(producerInfo),
  /** The other callers. */
  peers: z.array(peer),
  agentState,
  /** The last turns, oldest first. */
  captions: z.array(caption),
};

/** One pair for each request: what the client sends, what a successful ack carries. */
export const requests = {
  /** Enter a room, made when it is not there. Must come first. */
  join: {
    request: z.object({
      /** A room to share; absent for a room of one's own. */
      room: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/))),
      /** From the HTTP API, where the server asks for one; it says which room, and what may be done there. */
      token: z.optional(z.string().check(z.maxLength(MAX_TOKEN_LENGTH))),
      /** Shown to the other callers and told to the agent; a name in the token goes before. */
      displayName: z.optional(personName),
      /** BCP 47; absent to let the engines find out. */
      language: z.optional(languageTag),
      /** Absent for the server's own; the caller who opens the room has the say. */
      turnPreset: z.optional(turnPreset),
      ...voiceWishes,
    }),
    response: z.object({ ...entered, ...snapshot }),
  },
  /**
   * Go on as the caller whose connection was lost. Instead of `join`; refused with `not-resumable` where that is over.
   * With `seen`, the media goes on too and what was missed is told again; without, a new page takes the caller's place.
   */
  resume: {
    request: z.object({
      secret: z.string().check(z.minLength(1), z.maxLength(128)),
      /** The number of the last event that this page knows. */
      seen: z.optional(z.int().check(z.nonnegative())),
      /** For how long no packet of the agent's voice has come, in ms. */
      silentMs: z.optional(z.number().check(z.minimum(0), z.maximum(3_600_000))),
    }),
    response: z.object({
      ...entered,
      muted: z.boolean(),
      /** Absent where the notices that follow tell all that was missed. */
      snapshot: z.optional(z.object(snapshot)),
    }),
  },
  /** A way for media, one in each direction: `send` is from the client. */
  'create-transport': {
    request: z.object({ direction: z.enum(['send', 'recv']) }),
    response: transportInfo,
  },
  /** The client's side of the DTLS handshake. */
  'connect-transport': {
    request: z.object({ transportId: mediaId, dtlsParameters }),
    response: nothing,
  },
  /** Another path for a transport that lost its own. */
  'restart-ice': {
    request: z.object({ transportId: mediaId }),
    response: z.object({ iceParameters, iceServers }),
  },
  /** The microphone, by the transport that sends. */
  produce: {
    request: z.object({ transportId: mediaId, kind: z.literal('audio'), rtpParameters }),
    response: z.object({ producerId: z.string() }),
  },
  /** Somebody's audio, by the transport that receives. The consumer starts paused; resume it when its track is attached. */
  consume: {
    request: z.object({ transportId: mediaId, producerId: mediaId, rtpCapabilities }),
    response: z.object({ consumerId: z.string(), producerId: z.string(), kind: z.literal('audio'), rtpParameters }),
  },
  /** Its packets flow from now on. */
  'resume-consumer': {
    request: z.object({ consumerId: mediaId }),
    response: nothing,
  },
  /** The agent's audio is audible from now on: it may greet. */
  playing: { request: nothing, response: nothing },
  /** How far the loudspeaker is behind the last packet received, in ms. */
  playout: {
    request: z.object({ delayMs: z.number().check(z.minimum(0), z.maximum(10_000)) }),
    response: nothing,
  },
  /** Silences the microphone on the server, too; the other callers are told. */
  mute: {
    request: z.object({ muted: z.boolean() }),
    response: nothing,
  },
  /** Says it to the agent, as if spoken; it takes the floor. */
  text: {
    request: z.object({ text: z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_TEXT_LENGTH)) }),
    response: nothing,
  },
  /** Silences the agent's reply. */
  interrupt: { request: nothing, response: nothing },
  /** The agent is to answer now, where it would not by itself. */
  ask: { request: nothing, response: nothing },
  /** The agent speaks so from its next answer on; whoever has been in the room longest has the say. */
  'speak-as': { request: z.object(voiceWishes), response: nothing },
  /** Tools that this page runs; they replace those that it offered before. The room forgets them when the caller leaves. */
  'offer-tools': { request: z.object({ tools: clientTools }), response: nothing },
  /** One that nobody waits for is passed over. */
  'tool-result': { request: toolResult, response: nothing },
  /** The caller's place is given up. */
  leave: { request: nothing, response: nothing },
} as const;

/** The name of a request. */
export type RequestName = keyof typeof requests;
/** What the client sends. */
export type RequestOf<N extends RequestName> = z.infer<(typeof requests)[N]['request']>;
/** What a successful ack carries. */
export type ResponseOf<N extends RequestName> = z.infer<(typeof requests)[N]['response']>;
