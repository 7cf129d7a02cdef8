import { randomInt } from 'node:crypto';
import {
  candidatesAt,
  type DataChannel,
  guarded,
  MAX_DATA_BYTES,
  type RoomRouter,
  type WebRtcTransport,
} from '../media/index.ts';
import { type Clock, type Logger, TokenBucket } from '../observe/index.ts';
import { type Registry, refusing } from '../rooms/index.ts';
import type { ChannelEnd, EventChannel, EventReader, EventSink } from './event-channel.ts';
import { errorEvent, freshId, RealtimeError } from './protocol.ts';
import { RtpLeg } from './rtp-leg.ts';
import { type Offer, writeAnswer } from './sdp/index.ts';
import { RealtimeSession } from './session.ts';
import type { SessionConfig } from './session-config.ts';
import { Sidebands } from './sidebands.ts';

export interface CallOrder {
  readonly offer: Offer;
  readonly session: SessionConfig;
  /** Under which the client can reach our media. */
  readonly addresses: readonly string[];
}

export interface CallParts {
  readonly rooms: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** The call is over; told once. */
  readonly onEnd: () => void;
}

/** A client that is not connected so long after the answer will not come, in ms. */
const CONNECT_MS = 20_000;
/** Events are few where audio is none of them. */
const MESSAGES = { perSecond: 100, burst: 1000 } as const;
const LARGEST_SESSION_ID = 2 ** 47;

interface Media {
  readonly router: RoomRouter;
  readonly transport: WebRtcTransport;
  /** Absent where the client has offered none. */
  readonly data: DataChannel | undefined;
}

/** A client by WebRTC: its transport, its events over a data channel, its audio through the SFU; and who controls it. */
export class RealtimeCall {
  readonly id = freshId('rtc');
  /** SDP. */
  readonly answer: string;
  readonly #parts: CallParts;
  readonly #media: Media;
  readonly #session: RealtimeSession;
  readonly #page: EventSink = { send: (text) => this.#tellPage(text) };
  readonly #sidebands = new Sidebands();
  readonly #cancelConnecting: () => void;
  #over = false;

  private constructor(order: CallOrder, parts: CallParts, media: Media) {
    const { offer, session, addresses } = order;
    const { rooms, clock, log } = parts;
    const { router, transport, data } = media;
    this.#parts = parts;
    this.#media = media;
    const leg = new RtpLeg({ id: this.id, rooms, router, transport, audio: offer.audio });
    this.#session = new RealtimeSession({ channel: this.#channel(), leg, rooms, session, clock, log, awaited: true });
    const { iceParameters, iceCandidates, dtlsParameters } = transport;
    this.answer = writeAnswer(offer, {
      sessionId: randomInt(LARGEST_SESSION_ID),
      iceParameters,
      iceCandidates: candidatesAt(iceCandidates, addresses),
      dtlsParameters,
      maxDataBytes: MAX_DATA_BYTES,
    });
    this.#cancelConnecting = clock.after(CONNECT_MS, () => this.#giveUp(addresses));
    this.#watch(transport);
    if (data) this.#listen(data);
  }

  /** Throws a Refusal; leaves nothing behind then. */
  static async open(order: CallOrder, parts: CallParts): Promise<RealtimeCall> {
    const { offer } = order;
    const router = await parts.rooms.reserve(offer.audio.opus.payloadType);
    try {
      const transport = await refusing(() => router.createTransportWithData());
      const data = offer.data && (await refusing(() => router.openDataChannel(transport)));
      await refusing(() => guarded(() => transport.connect({ dtlsParameters: offer.dtls })));
      return new RealtimeCall(order, parts, { router, transport, data });
    } catch (error) {
      parts.rooms.release(router);
      throw error;
    }
  }

  /** It takes no more sidebands. */
  get full(): boolean {
    return this.#sidebands.full;
  }

  /** A server of the app: it gets what the page gets, and may say what the page may. The call goes on without it. */
  attach(channel: EventChannel): EventReader {
    this.#session.greet(channel);
    this.#sidebands.add(channel);
    return {
      receive: (data) => this.#session.receive(data, channel),
      end: () => this.#sidebands.delete(channel),
    };
  }

  /** May be called again. */
  end(why: ChannelEnd = 'over', reason = 'the call is over'): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelConnecting();
    this.#session.end();
    this.#sidebands.close(why, reason);
    this.#media.transport.close();
    this.#parts.rooms.release(this.#media.router);
    this.#parts.onEnd();
  }

  #watch(transport: WebRtcTransport): void {
    const { observer } = transport;
    observer.once('close', () => this.end());
    observer.on('icestatechange', (state) => {
      if (state === 'disconnected' || state === 'closed') this.end();
    });
    observer.on('dtlsstatechange', (state) => {
      if (state === 'closed' || state === 'failed') this.end();
      // Nobody is to tell how the agent is to be.
      if (state === 'connected' && !this.#media.data) this.#begin();
    });
    observer.on('sctpstatechange', (state) => {
      if (state === 'closed' || state === 'failed') this.end();
    });
  }

  #listen(data: DataChannel): void {
    const { clock } = this.#parts;
    const bucket = new TokenBucket(MESSAGES, () => clock.now());
    data.listen({
      onOpen: () => {
        this.#session.greet(this.#page);
        this.#begin();
      },
      onText: (text) => {
        if (bucket.take()) this.#session.receive(text, this.#page);
        else this.#refuse('rate_limit_exceeded', 'too many messages');
      },
      onBinary: () => this.#refuse('invalid_json', 'events are text'),
      // One that is so far behind is no listener.
      onFull: () => this.end(),
    });
  }

  /** The client may say nothing at all, and speak. */
  #begin(): void {
    this.#cancelConnecting();
    this.#session.begin();
  }

  #channel(): EventChannel {
    return {
      send: (text) => {
        this.#tellPage(text);
        this.#sidebands.send(text);
      },
      // The worker cannot be told to let the page wait: the session's queue is bounded.
      pause: () => this.#sidebands.pause(),
      resume: () => this.#sidebands.resume(),
      close: (why, reason) => this.end(why, reason),
    };
  }

  #tellPage(text: string): void {
    const fits = Buffer.byteLength(text) <= MAX_DATA_BYTES;
    const tooLong = 'an event is too long for a data channel and was left out';
    this.#media.data?.send(fits ? text : eventText('event_too_long', tooLong));
  }

  #refuse(code: string, message: string): void {
    this.#media.data?.send(eventText(code, message));
    this.end();
  }

  #giveUp(addresses: readonly string[]): void {
    this.#parts.log.warn(
      { addresses },
      'a client of /v1/realtime/calls has not connected; open or map the media port (media.port, UDP and TCP), ' +
        'or set media.announcedAddress to an address that callers can reach',
    );
    this.end();
  }
}

const eventText = (code: string, message: string): string =>
  JSON.stringify({ event_id: freshId('event'), ...errorEvent(new RealtimeError(code, message)) });
