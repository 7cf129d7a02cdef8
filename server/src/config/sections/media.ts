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
  turn: z
    .strictObject({
      urls: z
        .array(z.string().regex(/^turns?:[^\s,]+$/))
        .default([])
        .describe(
          'TURN servers for callers whose network lets nothing else through, ' +
            'e.g. turn:voice.example.com:3478?transport=udp.',
        ),
      secret: z.string().min(16).optional().meta({
        env: 'TURN_SECRET',
        secret: true,
        description: "Shared with the TURN server (coturn: static-auth-secret); absent: made of the server's own.",
      }),
      secretFile: z
        .string()
        .default('')
        .describe('File into which that secret is written at the start, for a TURN server beside; empty for none.'),
      ttlMinutes: z
        .number()
        .min(1)
        .max(1440)
        .default(60)
        .describe('How long the credentials given to a caller can be used, in minutes.'),
    })
    .prefault({}),
  logLevel: z.enum(['debug', 'warn', 'error', 'none']).default('error').describe('What mediasoup workers log.'),
});
