import * as z from 'zod';
import { VoiceFailure } from '../../agents/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { type FieldProblem, problemResponse, refuseFields, sendProblem } from '../problem.ts';
import { answerRefusal } from '../refusals.ts';
import { planOf, type RoomOrder, roomOrder } from '../room-order.ts';
import { describeRoom, roomDetails, roomSummary, summarize } from '../room-view.ts';
import { roomParams } from '../schemas.ts';

const notThere = problemResponse('There is no such room');
const list = z.object({ rooms: z.array(roomSummary) }).describe('All rooms');

/** Rooms: made before anybody comes, seen and ended. Those that their first caller makes are here, too. */
export function roomsRoutes(api: Api, options: HttpOptions): void {
  const { rooms } = options;
  const shared = { tags: ['rooms'] };

  api.post(
    '/v1/rooms',
    {
      schema: {
        ...shared,
        operationId: 'createRoom',
        summary: 'Make a room, with an agent of its own settings',
        body: roomOrder,
        response: {
          201: roomDetails.describe('The room waits for its first caller'),
          409: problemResponse('There is a room of this name already'),
          503: problemResponse('No room can be opened just now: the server is full, about to end, or has no agent'),
        },
      },
    },
    async ({ body }, reply) => {
      try {
        const wrong = await cannotBeDone(body, options);
        if (wrong.length > 0) return refuseFields(reply, wrong);
        const { webhookSecret } = options;
        const plan = planOf(body, { createdRoomMs: rooms.limits.createdRoomMs, webhookSecret });
        const room = await rooms.create(plan, body.room);
        return reply.code(201).header('location', `/v1/rooms/${room.name}`).send(describeRoom(room));
      } catch (error) {
        if (error instanceof VoiceFailure) return sendProblem(reply, 503, error.message);
        return answerRefusal(reply, error);
      }
    },
  );

  api.get(
    '/v1/rooms',
    { schema: { ...shared, operationId: 'listRooms', summary: 'All rooms', response: { 200: list } } },
    () => ({ rooms: rooms.rooms.map(summarize) }),
  );

  api.get(
    '/v1/rooms/:room',
    {
      schema: {
        ...shared,
        operationId: 'getRoom',
        summary: 'One room: who is in it, how its agent is set and what it does',
        params: roomParams,
        response: { 200: roomDetails, 404: notThere },
      },
    },
    async ({ params }, reply) => {
      const room = rooms.find(params.room);
      return room ? describeRoom(room) : sendProblem(reply, 404, 'There is no such room.');
    },
  );

  api.delete(
    '/v1/rooms/:room',
    {
      schema: {
        ...shared,
        operationId: 'endRoom',
        summary: 'End a room: its callers are told that it was closed',
        params: roomParams,
        response: { 204: z.null().describe('It is over'), 404: notThere },
      },
    },
    async ({ params }, reply) => {
      const room = rooms.find(params.room);
      if (!room) return sendProblem(reply, 404, 'There is no such room.');
      await room.close('room-closed');
      return reply.code(204).send(null);
    },
  );
}

/** What the order names and this server does not have. Throws a VoiceFailure where the voices cannot be listed. */
async function cannotBeDone(order: RoomOrder, { hosts, rooms, webhookSecret }: HttpOptions): Promise<FieldProblem[]> {
  const { engines = {}, voice } = order.agent;
  const problems: FieldProblem[] = [];
  const wrong = (pointer: string, detail: string): void => void problems.push({ in: 'body', pointer, detail });
  for (const [stage, names = []] of Object.entries(engines)) {
    const there = hosts.health.filter((each) => each.stage === stage && !each.missing).map(({ engine }) => engine);
    for (const [at, name] of names.entries()) {
      if (there.includes(name)) continue;
      const known = there.length > 0 ? there.join(', ') : 'none';
      wrong(`/agent/engines/${stage}/${at}`, `this server has no ${stage} engine "${name}"; it has: ${known}`);
    }
  }
  // The voices of an engine that is not the server's first are not known here.
  if (voice !== undefined && !engines.tts && !(await hosts.voices.list()).some(({ id }) => id === voice)) {
    wrong('/agent/voice', `there is no voice "${voice}"; see GET /v1/voices`);
  }
  if (order.record && !rooms.canRecord) wrong('/record', 'this server keeps no calls (history.enabled is false)');
  for (const [at, hook] of order.webhooks.entries()) {
    if (hook.secret === undefined && webhookSecret === undefined)
      wrong(`/webhooks/${at}/secret`, 'give a secret, or set webhooks.secret on the server');
  }
  return problems;
}
