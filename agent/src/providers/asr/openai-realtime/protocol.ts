import type {
  InputAudioBufferAppendEvent,
  InputAudioBufferCommitEvent,
  SessionUpdateEvent,
} from 'openai/resources/realtime/realtime';
import { z } from 'zod';
import type { OpenAiAccess } from '../../../contracts/index.ts';
import { isOpenAiItself, OPENAI_URL } from '../../openai/client.ts';
import { openAiHints } from '../openai-hints.ts';

/** Hz of the only PCM it takes. */
export const REALTIME_RATE = 24_000;

/** OpenAI wants no model in the address of a transcription; servers that are compatible with it choose by it. */
export function realtimeUrl(access: OpenAiAccess, model: string): string {
  const url = new URL(access.baseUrl || OPENAI_URL);
  url.protocol = /^(http|ws):$/.test(url.protocol) ? 'ws:' : 'wss:';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/realtime`;
  url.searchParams.set('intent', 'transcription');
  if (!isOpenAiItself(access)) url.searchParams.set('model', model);
  return url.href;
}

export interface SessionWish {
  readonly model: string;
  /** ISO 639-1. */
  readonly language?: string;
  readonly hints?: readonly string[];
}

/** The turns are ours to end, so its own turn detection is off. */
export function sessionUpdate({ model, language, hints }: SessionWish): string {
  const event: SessionUpdateEvent = {
    type: 'session.update',
    session: {
      type: 'transcription',
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: REALTIME_RATE },
          transcription: { model, ...(language && { language }), ...openAiHints(model, hints) },
          turn_detection: null,
        },
      },
    },
  };
  return JSON.stringify(event);
}

export function append(samples: Int16Array): string {
  const audio = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
  return JSON.stringify({ type: 'input_audio_buffer.append', audio } satisfies InputAudioBufferAppendEvent);
}

export const COMMIT = JSON.stringify({ type: 'input_audio_buffer.commit' } satisfies InputAudioBufferCommitEvent);

const failure = z.object({
  code: z.string().nullish(),
  type: z.string().nullish(),
  message: z.string().nullish(),
});
const item = z.string();

/** The events that matter here; all others are passed over. */
export const realtimeEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input_audio_buffer.committed'), item_id: item }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.delta'),
    item_id: item,
    delta: z.string().default(''),
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.completed'),
    item_id: item,
    transcript: z.string(),
    languages: z.array(z.object({ code: z.string() })).nullish(),
  }),
  z.object({ type: z.literal('conversation.item.input_audio_transcription.failed'), item_id: item, error: failure }),
  z.object({ type: z.literal('error'), error: failure }),
]);
export type RealtimeEvent = z.infer<typeof realtimeEvent>;

const known: ReadonlySet<unknown> = new Set(realtimeEvent.options.map(({ shape }) => shape.type.value));
const anyEvent = z.object({ type: z.string() });

/** Undefined for an event that does not matter here. Throws for what is no event. */
export function parseEvent(text: string): RealtimeEvent | undefined {
  const event = anyEvent.loose().parse(JSON.parse(text));
  return known.has(event.type) ? realtimeEvent.parse(event) : undefined;
}
