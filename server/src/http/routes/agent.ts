import * as z from 'zod';
import type { Room } from '../../rooms/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { goneResponses, openRoom } from '../refusals.ts';
import { agentState, roomParams } from '../schemas.ts';

/** Longest text to say or to know, in characters. */
const MAX_TEXT = 8000;
const MAX_INSTRUCTIONS = 32_000;

const text = z.string().trim().min(1).max(MAX_TEXT);

const told = z
  .object({
    room: z.string(),
    agentState: agentState.describe('When it was told'),
    callers: z.int().describe('While there are none, nothing is said: it waits for the first'),
  })
  .describe('The agent has been told');

const actions = {
  say: {
    operationId: 'say',
    summary: 'The agent says exactly these words',
    body: z.strictObject({
      text,
      interrupt: z
        .boolean()
        .default(false)
        .describe(
          'In place of what the agent is saying; else as soon as nobody has the floor. Callers are not cut off',
        ),
      addToHistory: z.boolean().default(true).describe('The language model knows of it, as far as it was heard'),
    }),
  },
  instructions: {
    operationId: 'updateInstructions',
    summary: 'What the language model is told about its role, from the next answer on',
    body: z.strictObject({ instructions: z.string().max(MAX_INSTRUCTIONS) }),
  },
  context: {
    operationId: 'addContext',
    summary: 'Put a message into the conversation without its being spoken',
    body: z.strictObject({
      role: z
        .enum(['system', 'user', 'assistant'])
        .default('system')
        .describe('system: what the agent is to know; user, assistant: as if a caller or the agent had said it'),
      text,
      reply: z.boolean().default(false).describe('The agent is to answer as soon as nobody has the floor'),
    }),
  },
} as const;

/** What whoever runs a room tells its agent during the call. */
export function agentRoutes(api: Api, { rooms }: HttpOptions): void {
  const shared = { tags: ['agent'], params: roomParams, response: { 202: told, ...goneResponses } };

  api.post('/v1/rooms/:room/agent/say', { schema: { ...shared, ...actions.say } }, async ({ params, body }, reply) => {
    const room = openRoom(reply, rooms, params.room);
    if (!room) return reply;
    const answer = answerOf(room);
    room.announce(body);
    return reply.code(202).send(answer);
  });

  api.post(
    '/v1/rooms/:room/agent/interrupt',
    {
      schema: {
        ...shared,
        operationId: 'interruptAgent',
        summary: 'The agent falls silent, and forgets what it was still to say',
      },
    },
    async ({ params }, reply) => {
      const room = openRoom(reply, rooms, params.room);
      if (!room) return reply;
      const answer = answerOf(room);
      room.interrupt();
      return reply.code(202).send(answer);
    },
  );

  api.post(
    '/v1/rooms/:room/agent/instructions',
    { schema: { ...shared, ...actions.instructions } },
    async ({ params, body }, reply) => {
      const room = openRoom(reply, rooms, params.room);
      if (!room) return reply;
      room.instruct(body.instructions);
      return reply.code(202).send(answerOf(room));
    },
  );

  api.post(
    '/v1/rooms/:room/agent/context',
    { schema: { ...shared, ...actions.context } },
    async ({ params, body }, reply) => {
      const room = openRoom(reply, rooms, params.room);
      if (!room) return reply;
      const { role, text: content, reply: isAnswered } = body;
      room.addMessage({ role, content }, { reply: isAnswered });
      return reply.code(202).send(answerOf(room));
    },
  );
}

const answerOf = (room: Room): z.output<typeof told> => ({
  room: room.name,
  agentState: room.agentState,
  callers: room.callers.length,
});
