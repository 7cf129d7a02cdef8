import * as z from 'zod';
import { some } from './kinds.ts';

/** SHA-256, in hex. */
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const access = z.strictObject({
  secret: z.string().min(32).optional().meta({
    env: 'PARLEY_SECRET',
    secret: true,
    description: 'What tokens are signed with, 32 characters or more; absent: made at the first start and kept.',
  }),
  tokenMinutes: z
    .number()
    .min(0.5)
    .max(1440)
    .default(10)
    .describe('How long a join token can be used, in minutes, where it is not said when it is made.'),
  apiKeys: z
    .array(hash)
    .default([])
    .describe('API keys besides those of `npm run keys`, each as the SHA-256 of the key in hex.'),
  demo: z
    .enum(['auto', 'public', 'off'])
    .default('auto')
    .meta({
      env: 'PARLEY_DEMO',
      description:
        'Calls from the demo page. auto: free on this machine, for a passphrase where others can reach it; ' +
        'public: free for everybody; off: only with tokens of the API.',
    }),
  demoPassphrase: some.min(8).optional().meta({
    secret: true,
    description: 'Passphrase of the demo, 8 characters or more; absent: made of the secret and printed at the start.',
  }),
  bind: some.optional().meta({
    env: 'PARLEY_BIND',
    description: 'In a container: the address on which its host publishes the port; absent: server.host counts.',
  }),
});
