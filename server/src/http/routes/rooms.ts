import * as z from 'zod';
import type { Room } from '../../rooms/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { problemResponse, sendProblem } from '../problem.ts';

const agentState = z.enum(['idle', 'listening', 'thinking', 'speaking']);

const summary = z
  .object({
    room: z.string(),
    openedAt: z.iso.datetime(),
    callers: z.int(),
    agentState,
  })
  .describe('A room, in short');

const details = z
  .object({
    room: z.string(),
    openedAt: z.iso.datetime(),
    agentState,
    callers: z.array(
      z.object({
        callerId: z.string(),
        displayName: z.string().optional(),
        joinedAt: z.iso.datetime(),
        sending: z.boolean().describe('Audio is sent'),
        muted: z.boolean(),
      }),
    ),
  })
  .describe('A room and who is in it');

const LIST = z.object({ rooms: z.array(summary) }).describe('All rooms');

export function roomsRoutes(api: Api, { rooms }: HttpOptions): void {
  const shared = { tags: ['rooms'] };

  api.get(
    '/v1/rooms',
    {
      schema: { ...shared, operationId: 'listRooms', summary: 'All rooms', response: { 200: LIST } },
    },
    () => ({ rooms: rooms.rooms.map(summarize) }),
  );

  api.get(
    '/v1/rooms/:room',
    {
      schema: {
        ...shared,
        operationId: 'getRoom',
        summary: 'One room',
        params: z.object({ room: z.string().max(64) }),
        response: { 200: details, 404: problemResponse('There is no such room') },
      },
    },
    async (request, reply) => {
      const room = rooms.find(request.params.room);
      return room ? describe(room) : sendProblem(reply, 404, 'There is no such room.');
    },
  );
}

const summarize = (room: Room): z.output<typeof summary> => ({
  room: room.name,
  openedAt: room.openedAt.toISOString(),
  callers: room.callers.length,
  agentState: room.agentState,
});

const describe = (room: Room): z.output<typeof details> => ({
  room: room.name,
  openedAt: room.openedAt.toISOString(),
  agentState: room.agentState,
  callers: room.callers.map(({ id, displayName, joinedAt, producerId, muted }) => ({
    callerId: id,
    displayName,
    joinedAt: joinedAt.toISOString(),
    sending: producerId !== undefined,
    muted,
  })),
});
