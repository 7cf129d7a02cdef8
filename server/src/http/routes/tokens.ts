import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { GRANTS, USUAL_GRANTS } from '../../access/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { refusing } from '../guard.ts';
import { problemResponse } from '../problem.ts';

/** Longest life of a token, in seconds. */
const LONGEST_TTL_S = 86_400;
const SHORTEST_TTL_S = 10;

const room = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
/** One line, no control characters: the agent and other people read it. */
const line = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);

const order = z.object({
  room: room.describe('The only room that it opens; made when it is not there'),
  identity: line.max(128).optional().describe('Your name for this caller, such as a user id; absent: a fresh one'),
  name: line.max(64).optional().describe('Shown to the others and told to the agent; absent: the caller may choose'),
  grants: z
    .array(z.enum(GRANTS))
    .default([...USUAL_GRANTS])
    .describe('publish and listen: audio up and down; text: write to the agent; control: its voice and its tools'),
  ttlSeconds: z.int().min(SHORTEST_TTL_S).max(LONGEST_TTL_S).optional().describe('How long it can be used to join'),
});

const minted = { token: z.string(), expiresAt: z.iso.datetime() };

/** Tokens with which callers join: for the servers of others, and for guests of the demo page. */
export function tokensRoutes(api: Api, { access }: HttpOptions): void {
  api.post(
    '/v1/tokens',
    {
      schema: {
        operationId: 'createToken',
        tags: ['tokens'],
        summary: 'A token with which one caller joins one room',
        body: order,
        response: {
          201: z.object(minted).describe('Give it to the page as `token`'),
          400: problemResponse('The order does not fit'),
        },
      },
    },
    async ({ body }, reply) => {
      const { room, identity = randomUUID(), name: displayName, grants, ttlSeconds } = body;
      const pass = { room, identity, displayName, grants: [...new Set(grants)] };
      const { token, expiresAt } = await access.mint(pass, ttlSeconds);
      return reply.code(201).header('cache-control', 'no-store').send({ token, expiresAt: expiresAt.toISOString() });
    },
  );

  api.post(
    '/v1/demo/token',
    {
      config: { open: true },
      schema: {
        operationId: 'createDemoToken',
        tags: ['tokens'],
        summary: 'A token for a guest of the demo, for its passphrase',
        body: z.object({
          passphrase: z.string().max(200),
          room: room.optional().describe('A room to share with other guests; absent: one of its own'),
        }),
        response: {
          201: z
            .object({ ...minted, room: z.string().describe('The room that it opens') })
            .describe('It is the passphrase'),
          400: problemResponse('The order does not fit'),
          401: problemResponse('It is not the passphrase'),
          403: problemResponse('The demo asks for no passphrase'),
        },
      },
    },
    (request, reply) =>
      refusing(reply, async () => {
        const { passphrase, room } = request.body;
        const { token, expiresAt, room: opened } = await access.demoToken(passphrase, request, room);
        const answer = { token, expiresAt: expiresAt.toISOString(), room: opened };
        return reply.code(201).header('cache-control', 'no-store').send(answer);
      }),
  );
}
