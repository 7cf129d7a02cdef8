import * as z from 'zod';
import { some } from './kinds.ts';

/** Calls are deleted after so many days. */
const KEEP_DAYS = 90;

export const history = z.strictObject({
  enabled: z.boolean().default(true).describe('Keep what is said in calls, with its times; false: nothing is kept.'),
  keepDays: z
    .number()
    .min(0)
    .max(36_500)
    .default(KEEP_DAYS)
    .describe('Calls and their recordings are deleted so many days after they ended; 0: never.'),
  record: z
    .enum(['off', 'on'])
    .default('off')
    .describe(
      'Record the voices of all calls; callers are told. What the law asks of you where you are is yours to see to.',
    ),
  databaseUrl: some.optional().meta({
    env: 'DATABASE_URL',
    secret: true,
    description: 'A PostgreSQL to keep calls in (postgres://user:password@host/name); absent: an embedded one.',
  }),
});
