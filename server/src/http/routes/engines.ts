import * as z from 'zod';
import type { Api, HttpOptions } from '../api.ts';

const stage = z.object({
  stage: z.enum(['vad', 'asr', 'llm', 'tts']),
  engine: z.string().describe('The one that is tried first'),
  reason: z.string().describe('Why this one was chosen, and what follows it'),
  lite: z.boolean().describe('The fallback that needs no key and no download'),
  engines: z
    .array(
      z.object({
        name: z.string().describe('As a room names it'),
        state: z
          .enum(['up', 'failing', 'missing'])
          .describe('failing: it is passed over for a while; missing: it could not be made'),
      }),
    )
    .describe('All engines of this stage'),
});

/** Never a key, nor an address beyond the host's name. */
export function enginesRoutes(api: Api, { hosts }: HttpOptions): void {
  api.get(
    '/v1/engines',
    {
      schema: {
        operationId: 'listEngines',
        tags: ['server'],
        summary: 'The engines of each stage, why they were chosen and how they feel',
        response: { 200: z.object({ stages: z.array(stage) }).describe('All stages') },
      },
    },
    () => ({
      stages: hosts.choices.map(({ stage, engine, reason, lite }) => ({
        stage,
        engine,
        reason,
        lite,
        engines: hosts.health
          .filter((each) => each.stage === stage)
          .map(
            ({ engine: name, up, missing }) => ({ name, state: missing ? 'missing' : up ? 'up' : 'failing' }) as const,
          ),
      })),
    }),
  );
}
