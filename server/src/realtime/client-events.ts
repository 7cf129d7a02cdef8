import * as z from 'zod';
import { RealtimeError } from './protocol.ts';
import { modalities, sessionUpdate } from './session-config.ts';

const eventId = z.string().max(512).optional();
const id = z.string().min(1).max(128);
const text = z.string().max(32_768);

const userPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input_text'), text }),
  z.object({ type: z.literal('input_audio'), audio: z.string().optional(), transcript: text.nullish() }),
]);
const assistantPart = z.object({
  type: z.enum(['output_text', 'output_audio']),
  text: text.optional(),
  transcript: text.optional(),
});
const ids = { id: id.optional(), object: z.literal('realtime.item').optional(), status: z.string().optional() };

const message = z.discriminatedUnion('role', [
  z.object({ ...ids, type: z.literal('message'), role: z.literal('user'), content: z.array(userPart).min(1).max(64) }),
  z.object({
    ...ids,
    type: z.literal('message'),
    role: z.literal('system'),
    content: z
      .array(z.object({ type: z.literal('input_text'), text }))
      .min(1)
      .max(64),
  }),
  z.object({
    ...ids,
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.array(assistantPart).min(1).max(64),
  }),
]);
const output = z.object({ ...ids, type: z.literal('function_call_output'), call_id: id, output: text });
const item = z.discriminatedUnion('type', [message, output]);
export type NewItem = z.output<typeof item>;

/** Everything that a client may say. */
export const clientEvent = z.discriminatedUnion('type', [
  z.object({ event_id: eventId, type: z.literal('session.update'), session: sessionUpdate }),
  z.object({ event_id: eventId, type: z.literal('input_audio_buffer.append'), audio: z.string() }),
  z.object({ event_id: eventId, type: z.literal('input_audio_buffer.commit') }),
  z.object({ event_id: eventId, type: z.literal('input_audio_buffer.clear') }),
  z.object({ event_id: eventId, type: z.literal('output_audio_buffer.clear') }),
  z.object({
    event_id: eventId,
    type: z.literal('conversation.item.create'),
    previous_item_id: id.nullish(),
    item,
  }),
  z.object({ event_id: eventId, type: z.literal('conversation.item.retrieve'), item_id: id }),
  z.object({ event_id: eventId, type: z.literal('conversation.item.delete'), item_id: id }),
  z.object({
    event_id: eventId,
    type: z.literal('conversation.item.truncate'),
    item_id: id,
    content_index: z.int().min(0),
    audio_end_ms: z.int().min(0),
  }),
  z.object({
    event_id: eventId,
    type: z.literal('response.create'),
    response: z
      .object({
        instructions: text.optional(),
        conversation: z.string().optional(),
        output_modalities: modalities.optional(),
        input: z.array(z.unknown()).optional(),
        metadata: z.record(z.string(), z.string()).nullish(),
      })
      .nullish(),
  }),
  z.object({ event_id: eventId, type: z.literal('response.cancel'), response_id: id.optional() }),
]);
export type ClientEvent = z.output<typeof clientEvent>;
export type ClientEventOf<Type extends ClientEvent['type']> = Extract<ClientEvent, { type: Type }>;

const named = z.looseObject({ type: z.string(), event_id: eventId.catch(undefined) });

/** A message as it came. Throws a RealtimeError that says where it is wrong, with the event's own id under `eventId`. */
export function parseClientEvent(data: string): ClientEvent {
  const raw = fromJson(data);
  const parsed = safeParse(clientEvent, raw);
  if (parsed?.success) return parsed.data;
  const { type, event_id } = safeParse(named, raw)?.data ?? {};
  const { path: place = [], message = 'the event cannot be read' } = parsed?.error.issues[0] ?? {};
  const path = place.join('.');
  const unknown = path === 'type';
  throw Object.assign(
    new RealtimeError(
      unknown ? 'invalid_event_type' : 'invalid_value',
      unknown ? `there is no event ${String(type).slice(0, 64)} here` : [path, message].filter(Boolean).join(': '),
      path,
    ),
    { eventId: event_id },
  );
}

/** Undefined where a schema fails over what is sent: it compares the length of a text, and objects may have their own. */
function safeParse<T>(schema: z.ZodType<T>, raw: unknown): z.ZodSafeParseResult<T> | undefined {
  try {
    return schema.safeParse(raw);
  } catch {
    return undefined;
  }
}

function fromJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new RealtimeError('invalid_json', 'events are JSON objects');
  }
}
