import * as z from 'zod';

/** What Twilio calls the one encoding of its streams. */
const ENCODING = 'audio/x-mulaw';
/** Longest payload of one message, in base64: 3 s. */
const LONGEST_PAYLOAD = 32_000;
const LONGEST_NAME = 128;

const sid = z.string().min(1).max(LONGEST_NAME);
const mediaFormat = z.object({
  encoding: z.literal(ENCODING),
  sampleRate: z.literal(8000),
  channels: z.literal(1),
});

/** What Twilio sends over a stream's WebSocket, as far as it is of use here; more may stand in each. */
export const message = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connected'), protocol: z.literal('Call').optional() }),
  z.object({
    event: z.literal('start'),
    streamSid: sid,
    start: z.object({
      callSid: sid,
      mediaFormat,
      customParameters: z.record(z.string().max(LONGEST_NAME), z.string().max(4000)).default({}),
    }),
  }),
  z.object({
    event: z.literal('media'),
    media: z.object({
      track: z.string().max(LONGEST_NAME).default('inbound'),
      payload: z.base64().max(LONGEST_PAYLOAD),
    }),
  }),
  z.object({ event: z.literal('dtmf'), dtmf: z.object({ digit: z.string().regex(/^[0-9*#A-D]$/) }) }),
  z.object({ event: z.literal('mark'), mark: z.object({ name: z.string().max(LONGEST_NAME) }) }),
  z.object({ event: z.literal('stop') }),
]);

export type TwilioMessage = z.output<typeof message>;
export type TwilioStart = Extract<TwilioMessage, { event: 'start' }>;

/** What Twilio is told. */
export type ToTwilio =
  | { readonly event: 'media'; readonly media: { readonly payload: string } }
  /** Comes back when what was sent before it has been played. */
  | { readonly event: 'mark'; readonly mark: { readonly name: string } }
  /** What waits to be played is not to be. */
  | { readonly event: 'clear' };

/** What was sent is no message of the protocol; the text says why, for the log of whoever sent it. */
export class BadMessage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadMessage';
  }
}

const known: readonly string[] = message.options.map(({ shape }) => shape.event.value);

/** Undefined for an event that is not known here: there may be new ones. Throws a BadMessage. */
export function readMessage(text: string): TwilioMessage | undefined {
  const event = z.looseObject({ event: z.string() }).safeParse(parsed(text));
  if (!event.success) throw new BadMessage('a message is a JSON object with an event');
  if (!known.includes(event.data.event)) return undefined;
  return fitting(event.data);
}

function fitting(event: unknown): TwilioMessage {
  const read = checked(event);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new BadMessage(`${issue?.path.join('.') ?? ''}: ${issue?.message}`.slice(0, 100));
}

/** A schema may fail over what is sent: it compares the length of a text, and an object may have one of its own. */
function checked(event: unknown): ReturnType<typeof message.safeParse> {
  try {
    return message.safeParse(event);
  } catch {
    throw new BadMessage('a message cannot be read');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
