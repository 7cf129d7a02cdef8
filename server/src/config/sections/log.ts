import * as z from 'zod';

export const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ env: 'DEBUG', description: 'How much is logged. DEBUG=1 means debug.' }),
  format: z
    .enum(['auto', 'pretty', 'json'])
    .default('auto')
    .describe('auto: lines for people on a terminal, JSON otherwise.'),
});
