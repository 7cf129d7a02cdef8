import type { Caller, Registry, Room, RoomPlan } from '../rooms/index.ts';

/** Where a client is. */
export interface Place {
  readonly room: Room;
  readonly caller: Caller;
}

/** How a client's voice comes, and the agent's goes. */
export interface AudioLeg {
  /** As base64 in events, over the line of the room; or by RTP, and the line only tells. */
  readonly by: 'events' | 'rtp';
  /** Throws a Refusal. */
  createRoom(plan: RoomPlan): Promise<Room>;
  /** The client's line is open: it is to be heard, and to hear. Throws a Refusal. */
  enter(place: Place): Promise<void>;
}

/** Audio in the events themselves. */
export const eventsLeg = (rooms: Registry): AudioLeg => ({
  by: 'events',
  createRoom: (plan) => rooms.create(plan),
  enter: async () => {},
});
