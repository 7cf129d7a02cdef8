import { plainEar, type RoomRouter, type WebRtcTransport } from '../media/index.ts';
import type { Registry, Room, RoomPlan } from '../rooms/index.ts';
import type { AudioLeg, Place } from './audio-leg.ts';
import { type Offer, voiceOf } from './sdp/index.ts';

export interface RtpLegOptions {
  /** Of the call; the room's metadata have it. */
  readonly id: string;
  readonly rooms: Registry;
  /** Reserved. */
  readonly router: RoomRouter;
  readonly transport: WebRtcTransport;
  readonly audio: Offer['audio'];
}

/** How far a browser's loudspeaker is behind what we send, in ms: its jitter buffer; clients of this protocol do not tell. */
const USUAL_PLAYOUT_MS = 60;

/** Audio through the SFU, as any WebRTC caller's. */
export class RtpLeg implements AudioLeg {
  readonly by = 'rtp';
  readonly #options: RtpLegOptions;

  constructor(options: RtpLegOptions) {
    this.#options = options;
  }

  createRoom(plan: RoomPlan): Promise<Room> {
    const { id, rooms, router } = this.#options;
    return rooms.createReserved({ ...plan, metadata: { ...plan.metadata, call: id } }, router);
  }

  async enter({ room, caller }: Place): Promise<void> {
    const { transport, audio } = this.#options;
    caller.adopt(transport);
    if (audio.speaks) await room.produce(caller, transport.id, voiceOf(audio));
    const voice = audio.hears && room.producers.find(({ peerId }) => room.isAgent(peerId));
    if (voice) {
      const ear = plainEar(audio.opus.payloadType);
      const { id } = await caller.consume(transport.id, voice.producerId, ear);
      await caller.resumeConsumer(id);
    }
    caller.playing();
    room.playout(caller, USUAL_PLAYOUT_MS);
  }
}
