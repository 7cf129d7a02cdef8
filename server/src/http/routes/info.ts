import * as z from 'zod';
import type { Api, HttpOptions } from '../api.ts';

const info = z
  .object({
    name: z.literal('parley'),
    version: z.string(),
    protocol: z.int().describe('Version of the signaling protocol'),
    engines: z
      .array(
        z.object({
          stage: z.enum(['vad', 'asr', 'llm', 'tts']),
          engine: z.string(),
          reason: z.string().describe('Why this one was chosen'),
          lite: z.boolean().describe('The fallback that needs no key and no download'),
        }),
      )
      .describe('Which engine serves each stage'),
    demo: z
      .enum(['open', 'passphrase', 'off'])
      .describe('How one joins without a token of the API: just so, for the passphrase, or not at all'),
    limits: z.object({
      rooms: z.int().describe('Rooms at the same time'),
      callersPerRoom: z.int().describe('Callers in one room'),
    }),
  })
  .describe('The server');

export function infoRoutes(api: Api, { version, protocol, hosts, rooms, access }: HttpOptions): void {
  api.get(
    '/v1/info',
    {
      config: { open: true },
      schema: {
        operationId: 'info',
        tags: ['server'],
        summary: 'What this server is',
        response: { 200: info },
      },
    },
    () => ({
      name: 'parley' as const,
      version,
      protocol,
      engines: hosts.choices.map(({ stage, engine, reason, lite }) => ({ stage, engine, reason, lite })),
      demo: access.demo,
      limits: { rooms: rooms.limits.rooms, callersPerRoom: rooms.limits.callersPerRoom },
    }),
  );
}
