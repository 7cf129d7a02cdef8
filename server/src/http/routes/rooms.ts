import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
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

/** Who knows a room's name can join it: so not everybody may ask. */
export function roomsRoutes(api: Api, { rooms, apiToken }: HttpOptions): void {
  const guard = { onRequest: allowOnly(apiToken) };
  const refused = problemResponse('The token is missing or wrong');
  const security: Record<string, string[]>[] = [{ token: [] }, {}];
  const shared = { tags: ['rooms'], security };

  api.get(
    '/v1/rooms',
    {
      ...guard,
      schema: { ...shared, operationId: 'listRooms', summary: 'All rooms', response: { 200: LIST, 401: refused } },
    },
    () => ({ rooms: rooms.rooms.map(summarize) }),
  );

  api.get(
    '/v1/rooms/:room',
    {
      ...guard,
      schema: {
        ...shared,
        operationId: 'getRoom',
        summary: 'One room',
        params: z.object({ room: z.string().max(64) }),
        response: { 200: details, 401: refused, 404: problemResponse('There is no such room') },
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

function allowOnly(apiToken: string | undefined) {
  return async ({ headers, ip }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (apiToken === undefined ? isThisMachine(ip) : isToken(headers.authorization, apiToken)) return;
    const how = apiToken === undefined ? 'Set server.apiToken to ask from other machines.' : 'Send the token.';
    reply.header('www-authenticate', 'Bearer');
    await sendProblem(reply, 401, how);
  };
}

const isThisMachine = (ip: string): boolean => ip === '::1' || /^(::ffff:)?127\./.test(ip);

/** In the same time whatever was sent. */
function isToken(authorization: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}
