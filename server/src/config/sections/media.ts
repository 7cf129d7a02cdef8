import * as z from 'zod';
import { port, some } from './kinds.ts';

export const media = z.strictObject({
  port: port
    .default(44_444)
    .describe('UDP and TCP port for all audio of a worker; worker n listens on port + n. 0 for any free one.'),
  workers: z
    .union([z.literal('auto'), z.int().min(1).max(64)])
    .default(1)
    .describe('mediasoup workers; one carries some 300 calls and needs one port. auto: one for each core.'),
  listen: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .default(['0.0.0.0', '::'])
    .describe('Addresses to listen on for audio; IPv6 is left out where the machine has none.'),
  announcedAddress: some.optional().meta({
    env: 'ANNOUNCED_ADDRESS',
    description: 'IP or name under which browsers reach the media port; absent: as they reached this server.',
  }),
  logLevel: z.enum(['debug', 'warn', 'error', 'none']).default('error').describe('What mediasoup workers log.'),
});
