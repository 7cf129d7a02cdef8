import * as z from 'zod';
import { port, some, url } from './kinds.ts';

export const server = z.strictObject({
  host: some
    .default('127.0.0.1')
    .meta({ env: 'HOST', description: 'Address to listen on; 0.0.0.0 to be reached from other machines.' }),
  port: port.default(8000).meta({ env: 'PORT', description: 'HTTP and signaling port; 0 for any free one.' }),
  allowedOrigins: z
    .array(z.union([z.literal('*'), url]))
    .default([])
    .describe('Other sites whose pages may connect, e.g. https://example.com; "*" for all.'),
  trustProxy: z
    .union([z.boolean(), z.int().min(1).max(8)])
    .default(false)
    .describe('Believe X-Forwarded-* headers; only behind a proxy of your own. A number: behind so many.'),
  apiToken: some.optional().meta({
    secret: true,
    description:
      'An API key in the clear; where it is set, programs of this machine need a key too. Better: `npm run keys`.',
  }),
  dataDir: z.string().default('').meta({
    env: 'PARLEY_DATA',
    description: 'Folder for what is kept: secrets, keys, history; empty for one in your home.',
  }),
  drainSeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe('How long running calls may go on after SIGTERM, in seconds; new ones are refused meanwhile.'),
  demoDir: z.string().default('').describe('Folder of the demo page; empty for the one that `npm run build` makes.'),
});
