import * as z from 'zod';
import { languageTag, some, url } from './kinds.ts';

export const telephony = z.strictObject({
  publicUrl: url
    .optional()
    .describe(
      'How Twilio reaches this server, e.g. https://voice.example; absent: https and the name that it asks for.',
    ),
  twilio: z
    .strictObject({
      authToken: some.optional().meta({
        env: 'TWILIO_AUTH_TOKEN',
        secret: true,
        description: 'Auth token of the Twilio account whose calls are taken; absent: nobody can telephone.',
      }),
    })
    .prefault({}),
  instructions: some.optional().describe('What the model is told in telephone calls; absent: agent.instructions.'),
  greeting: z.string().optional().describe('Said when a telephone call begins; absent: agent.greeting.'),
  language: languageTag
    .optional()
    .describe('Language tag of telephone calls such as en or pt-BR; absent: agent.language.'),
  voice: some.optional().describe('A voice of GET /v1/voices for telephone calls; absent: agent.voice.'),
});
