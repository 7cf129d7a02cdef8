import * as z from 'zod';
import { EMOTIONS } from '../agents/index.ts';
import { languageTag, webhookSecret, webhookTool, webhookUrl } from '../config/index.ts';
import { type RoomPlan, WEBHOOK_EVENTS } from '../rooms/index.ts';
import { roomName } from './schemas.ts';

const MINUTE_MS = 60_000;
const MAX_METADATA = 16;

const engineNames = z
  .array(z.string().min(1).max(100))
  .min(1)
  .max(8)
  .optional()
  .describe('Names that GET /v1/engines gives, in the order in which they are tried');

const agentOrder = z.strictObject({
  instructions: z.string().max(32_000).optional().describe('What the language model is told about its role'),
  greeting: z.string().max(2000).optional().describe('Said when the first caller can hear; empty for none'),
  language: languageTag.optional().describe('Language tag such as en or pt-BR'),
  voice: z.string().min(1).max(200).optional().describe('An `id` of GET /v1/voices'),
  speed: z.number().min(0.25).max(4).optional().describe('1 is normal'),
  emotion: z.enum(EMOTIONS).optional(),
  turnPreset: z.enum(['patient', 'balanced', 'quick']).optional(),
  answers: z.enum(['every-turn', 'when-named', 'on-request']).optional().describe('When the agent answers'),
  names: z.array(z.string().min(1).max(64)).min(1).max(16).optional().describe('What callers may call the agent'),
  engines: z.strictObject({ asr: engineNames, llm: engineNames, tts: engineNames }).optional(),
  tools: z.array(webhookTool).max(32).optional().describe("Beside the server's own; `headers` are never shown back"),
});

const hook = z.strictObject({
  url: webhookUrl,
  secret: webhookSecret
    .optional()
    .describe('Signs what is sent; absent: `webhooks.secret` of the server. Never shown back'),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .default([...WEBHOOK_EVENTS]),
});

/** What a room is made of. Absent: as the server is set. */
export const roomOrder = z.strictObject({
  room: roomName.optional().describe('Absent for a fresh one'),
  agent: agentOrder.prefault({}).describe('The agent of this room; what is absent is as the server is set'),
  limits: z
    .strictObject({
      maxCallers: z.int().min(1).max(64).optional().describe("At most the server's own"),
      maxCallMinutes: z.number().min(0).max(1440).optional().describe('The agent ends the call then; 0 for never'),
      emptyMinutes: z.number().min(0.1).max(1440).optional().describe('How long the room waits for its first caller'),
    })
    .prefault({}),
  record: z.boolean().optional().describe('Keep the voices; callers are told. Absent: as the server is set'),
  webhooks: z.array(hook).max(4).default([]).describe('Where the events of this room go: docs/api.md'),
  metadata: z
    .record(z.string().min(1).max(64), z.string().max(500))
    .refine((entries) => Object.keys(entries).length <= MAX_METADATA, `at most ${MAX_METADATA} entries`)
    .default({})
    .describe('Yours: shown, and sent with each event'),
});
export type RoomOrder = z.output<typeof roomOrder>;

export interface PlanDefaults {
  /** How long a room waits for its first caller, in ms. */
  readonly createdRoomMs: number;
  /** Signs the events of webhooks without a secret. */
  readonly webhookSecret?: string | undefined;
}

/** The order in the words of rooms. A webhook that nothing signs is left out: refuse it before. */
export function planOf({ agent, limits, record, webhooks, metadata }: RoomOrder, defaults: PlanDefaults): RoomPlan {
  const { maxCallers, maxCallMinutes, emptyMinutes } = limits;
  const wishes = { ...agent, ...(maxCallMinutes !== undefined && { maxCallMs: maxCallMinutes * MINUTE_MS }) };
  return {
    agent: given(wishes) as RoomPlan['agent'],
    ...(maxCallers !== undefined && { maxCallers }),
    ...(record !== undefined && { record }),
    firstCallerMs: emptyMinutes === undefined ? defaults.createdRoomMs : emptyMinutes * MINUTE_MS,
    webhooks: webhooks.flatMap(({ secret: own, ...target }) => {
      const secret = own ?? defaults.webhookSecret;
      return secret === undefined ? [] : [{ ...target, secret }];
    }),
    metadata,
  };
}

const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
