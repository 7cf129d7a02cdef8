import { type ApiProbe, provoke } from '../api-probe.ts';

let made = 0;

/** The name of a room that is open. */
export async function anOpenRoom(probe: ApiProbe): Promise<string> {
  const room = `room-${++made}`;
  await probe.ask('createRoom', { body: { room } });
  return room;
}

/** The name of a room that was open. */
export async function anEndedRoom(probe: ApiProbe): Promise<string> {
  const room = await anOpenRoom(probe);
  await probe.ask('endRoom', { params: { room } });
  return room;
}

export const rooms = [
  provoke('createRoom', 201, () => ({ body: { agent: { instructions: 'Be brief.' } } })),
  provoke('createRoom', 409, async (probe) => ({ body: { room: await anOpenRoom(probe) } })),
  provoke('createRoom', 503, () => ({ house: 'draining', body: {} })),
  provoke('listRooms', 200, () => ({})),
  provoke('getRoom', 200, async (probe) => ({ params: { room: await anOpenRoom(probe) } })),
  provoke('getRoom', 404, () => ({})),
  provoke('endRoom', 204, async (probe) => ({ params: { room: await anOpenRoom(probe) } })),
  provoke('endRoom', 404, () => ({})),
];
