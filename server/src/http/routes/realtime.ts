import * as z from 'zod';
import { initialSession, mergedSession, sessionUpdate } from '../../realtime/index.ts';
import type { Api, HttpOptions } from '../api.ts';

/** Life of a secret, in seconds. */
const USUAL_TTL_S = 600;
const SHORTEST_TTL_S = 10;
const LONGEST_TTL_S = 7200;
const DEFAULT_MODEL = 'parley';

const order = z
  .object({
    session: sessionUpdate.optional().describe('What the session is to be like; the client may change it'),
    expires_after: z
      .object({
        anchor: z.literal('created_at').default('created_at'),
        seconds: z.int().min(SHORTEST_TTL_S).max(LONGEST_TTL_S).default(USUAL_TTL_S),
      })
      .optional()
      .describe('How long it can be used to connect'),
  })
  .nullish();

/** Secrets with which pages connect to the realtime door. */
export function realtimeRoutes(api: Api, { secrets, instructions }: HttpOptions): void {
  api.post(
    '/v1/realtime/client_secrets',
    {
      schema: {
        operationId: 'createRealtimeClientSecret',
        tags: ['tokens'],
        summary: 'A short-lived secret with which a page connects to /v1/realtime',
        body: order,
        response: {
          200: z
            .object({
              value: z.string(),
              expires_at: z.int().describe('Seconds since 1970'),
              session: z.record(z.string(), z.unknown()),
            })
            .describe('Give `value` to the page'),
        },
      },
    },
    async ({ body }, reply) => {
      const { session = sessionUpdate.parse({}), expires_after: after } = body ?? {};
      const config = mergedSession(initialSession(session.model ?? DEFAULT_MODEL, instructions), session);
      const { value, expiresAt } = secrets.mint(config, after?.seconds ?? USUAL_TTL_S);
      return reply
        .header('cache-control', 'no-store')
        .send({ value, expires_at: expiresAt, session: { ...config, object: 'realtime.session' } });
    },
  );
}
