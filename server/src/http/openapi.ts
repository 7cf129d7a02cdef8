import type { SwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';

/** The OpenAPI document is made from the schemas that check the requests and answers. */
export const openApiOptions = (version: string): SwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version,
      description:
        'A self-hosted media server on which people talk, by voice and in real time, with an AI agent. Calls are made ' +
        'through Socket.IO and WebRTC (see `@parley/signaling`); this API says what the server is and does.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: [
      { name: 'server', description: 'What the server is, and how it feels' },
      { name: 'rooms', description: 'Where callers and an agent talk' },
      { name: 'agent', description: 'What the agent of a room is told during the call' },
      { name: 'calls', description: 'What was said in calls' },
      { name: 'tokens', description: 'With which callers join' },
      { name: 'voices', description: 'How the agent can sound' },
      { name: 'telephony', description: 'Calls that come by telephone' },
    ],
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: `npm run keys -- create`' },
      },
    },
  },
  transform: createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } }),
});
