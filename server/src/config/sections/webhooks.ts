import * as z from 'zod';
import { url } from './kinds.ts';

const WEBHOOK_EVENTS = ['call.started', 'turn.completed', 'tool.called', 'call.ended'] as const;

/** `whsec_` and base64 of 24 to 64 bytes, as the Standard Webhooks specification has it. */
export const webhookSecret = z
  .string()
  .regex(/^whsec_(?=.{32,88}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, {
    error: 'whsec_ and base64 of 24 to 64 bytes',
  });

/** fetch takes no name and password in an address. */
export const webhookUrl = url
  .max(2000)
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'an address without a name and a password');

export const webhooks = z
  .strictObject({
    url: webhookUrl.optional().describe('Address that is told of all rooms; absent: only those that rooms name.'),
    secret: webhookSecret.optional().meta({
      secret: true,
      description: 'Signs what is sent: whsec_ and base64 of 24 to 64 bytes. Without it rooms must bring their own.',
    }),
    events: z
      .array(z.enum(WEBHOOK_EVENTS))
      .min(1)
      .default([...WEBHOOK_EVENTS])
      .describe('What that address is told of.'),
    timeoutMs: z.int().min(100).max(60_000).default(10_000).describe('Longest wait for an answer, in ms.'),
    keepHours: z
      .number()
      .min(0.01)
      .max(720)
      .default(72)
      .describe('An event that cannot be delivered is tried again for so long, then given up, in hours.'),
    maxPending: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .describe('Events that may wait to be delivered; the oldest is left out for one more.'),
  })
  .refine(({ url, secret }) => url === undefined || secret !== undefined, {
    path: ['secret'],
    error: 'webhooks.url needs it',
  });
