import * as z from 'zod';
import { EMOTIONS } from '../agents/index.ts';
import { type Room, WEBHOOK_EVENTS } from '../rooms/index.ts';
import { agentState } from './schemas.ts';

const engines = z.object({ stage: z.string(), engine: z.string(), reason: z.string(), lite: z.boolean() });

const settings = z
  .object({
    instructions: z.string().optional(),
    greeting: z.string().optional(),
    language: z.string().optional(),
    voice: z.string().optional(),
    speed: z.number().optional(),
    emotion: z.enum(EMOTIONS).optional(),
    turnPreset: z.string().optional(),
    answers: z.string().optional(),
    names: z.array(z.string()).optional(),
    engines: z.record(z.string(), z.array(z.string())).optional(),
    maxCallMs: z.number().optional(),
    tools: z.array(z.object({ name: z.string(), description: z.string(), method: z.string(), url: z.string() })),
  })
  .describe('What the room was made with; absent: as the server is set. Of tools no header, of URLs no query');

export const roomSummary = z
  .object({
    room: z.string(),
    id: z.uuid().describe('Of this conversation; a room of the same name may follow'),
    openedAt: z.iso.datetime(),
    callers: z.int(),
    agentState,
    metadata: z.record(z.string(), z.string()),
  })
  .describe('A room, in short');

export const roomDetails = roomSummary
  .extend({
    callers: z.array(
      z.object({
        callerId: z.string(),
        identity: z.string().optional().describe('As the join token says'),
        displayName: z.string().optional(),
        joinedAt: z.iso.datetime(),
        sending: z.boolean().describe('Audio is sent'),
        muted: z.boolean(),
      }),
    ),
    maxCallers: z.int(),
    engines: z.array(engines).describe('What serves each stage here'),
    agent: settings,
    webhooks: z.array(z.object({ url: z.string(), events: z.array(z.enum(WEBHOOK_EVENTS)) })),
  })
  .describe('A room and who is in it');

export const summarize = (room: Room): z.output<typeof roomSummary> => ({
  room: room.name,
  id: room.id,
  openedAt: room.openedAt.toISOString(),
  callers: room.callers.length,
  agentState: room.agentState,
  metadata: { ...room.plan?.metadata },
});

export const describeRoom = (room: Room): z.output<typeof roomDetails> => ({
  ...summarize(room),
  callers: room.callers.map(({ id, identity, displayName, joinedAt, producerId, muted }) => ({
    callerId: id,
    identity,
    displayName,
    joinedAt: joinedAt.toISOString(),
    sending: producerId !== undefined,
    muted,
  })),
  maxCallers: room.maxCallers,
  engines: room.engines.map(({ stage, engine, reason, lite }) => ({ stage, engine, reason, lite })),
  agent: settingsOf(room),
  webhooks: (room.plan?.webhooks ?? []).map(({ url, events }) => ({ url: withoutSecrets(url), events: [...events] })),
});

function settingsOf({ plan }: Room): z.output<typeof settings> {
  const { tools = [], names, engines, ...plain } = plan?.agent ?? {};
  const picked = Object.entries(engines ?? {}).flatMap(([stage, some]) => (some ? [[stage, [...some]]] : []));
  return {
    ...plain,
    ...(names && { names: [...names] }),
    ...(engines && { engines: Object.fromEntries(picked) }),
    tools: tools.map(({ name, description, method, url }) => ({ name, description, method, url: withoutSecrets(url) })),
  };
}

/** Keys hide in what follows a question mark, and before an @. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
