import * as z from 'zod';
import type { Api, HttpOptions } from '../api.ts';

const readiness = z.object({
  ready: z.boolean(),
  media: z.boolean().describe('All media workers are alive'),
  agents: z.boolean().describe('All agent hosts are alive'),
  draining: z.boolean().describe('The server is about to end: running calls go on for a while, new ones are refused'),
  overloaded: z.boolean().describe('No more calls can be carried just now without harming those that run'),
  reason: z.string().optional().describe('Why it cannot take calls'),
});

/** For whoever restarts the server, and for whoever sends it callers. */
export function healthRoutes(api: Api, { mediaReady, overload, hosts, rooms }: HttpOptions): void {
  const alive = z.object({ status: z.literal('ok') });
  api.get(
    '/healthz',
    {
      schema: {
        operationId: 'health',
        tags: ['server'],
        summary: 'The process is alive',
        response: { 200: alive.describe('It is') },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  api.get(
    '/readyz',
    {
      schema: {
        operationId: 'readiness',
        tags: ['server'],
        summary: 'The server can take calls',
        response: { 200: readiness.describe('It can'), 503: readiness.describe('Not now') },
      },
    },
    async (_, reply) => {
      const [media, agents] = [mediaReady(), hosts.ready];
      const { draining } = rooms;
      const full = overload();
      const reasons = [
        media ? [] : 'a media worker is being started again',
        agents ? [] : 'an agent host is being started again',
        draining ? 'the server is about to end' : [],
        full ?? [],
      ].flat();
      const ready = reasons.length === 0;
      const state = { ready, media, agents, draining, overloaded: full !== undefined };
      return reply.code(ready ? 200 : 503).send(ready ? state : { ...state, reason: reasons.join('; ') });
    },
  );
}
