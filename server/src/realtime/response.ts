import type { RealtimeResponse, RealtimeResponseStatus } from 'openai/resources/realtime/realtime';
import { type AudioFormat, encodeAudio, msOf } from './audio.ts';
import type { Conversation, Entry } from './conversation.ts';
import { type AssistantItem, type FunctionCallItem, freshId, type Item, type Send } from './protocol.ts';
import type { SessionConfig } from './session-config.ts';
import { usageOf } from './usage.ts';

export interface ResponseOptions {
  readonly send: Send;
  readonly conversation: Conversation;
  readonly config: SessionConfig;
  readonly reply: number;
  readonly turn: number;
  /** What of the reply went into responses before this one, as text and in ms. */
  readonly before: { readonly text: string; readonly ms: number };
  /** Nothing of it is spoken. */
  readonly written: boolean;
  /** What the caller said for it, in ms. */
  readonly heardMs: number;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

export type Ending = 'completed' | 'turn_detected' | 'client_cancelled' | 'failed';

/** 20 ms of the agent's voice: as samples, or by RTP, where they are none of our concern. */
export type VoiceFrame = Int16Array | 'by-rtp';
const FRAME_MS = 20;

interface Message {
  readonly entry: Entry & { item: AssistantItem & { id: string } };
  readonly index: number;
}

/** One response on its way to the client, event by event in the documented order. */
export class Response {
  readonly id = freshId('resp');
  readonly reply: number;
  readonly #options: ResponseOptions;
  readonly #format: AudioFormat;
  readonly #output: Item[] = [];
  #message: Message | undefined;
  #text: string;
  #sentMs = 0;
  #done = false;

  constructor(options: ResponseOptions) {
    this.#options = options;
    this.reply = options.reply;
    this.#format = options.config.audio.output.format;
    this.#text = options.before.text;
    options.send({ type: 'response.created', response: this.#shown('in_progress') });
    options.send({ type: 'rate_limits.updated', rate_limits: [] });
  }

  get done(): boolean {
    return this.#done;
  }

  get written(): boolean {
    return this.#options.written;
  }

  /** The agent has said something. */
  get spoken(): boolean {
    return this.#message !== undefined;
  }

  /** Of the reply, with what went into responses before. */
  get said(): { readonly text: string; readonly ms: number } {
    return { text: this.#text, ms: this.#options.before.ms + this.#sentMs };
  }

  isOf(itemId: string): boolean {
    return this.#message?.entry.item.id === itemId;
  }

  voice(frame: VoiceFrame): void {
    if (this.#done || this.written) return;
    const first = !this.#message;
    const message = (this.#message ??= this.#open());
    const { send } = this.#options;
    if (first) send({ type: 'output_audio_buffer.started', response_id: this.id });
    if (frame === 'by-rtp') {
      this.#sentMs += FRAME_MS;
    } else {
      const delta = encodeAudio(frame, this.#format);
      send({ type: 'response.output_audio.delta', ...this.#part(message), delta });
      this.#sentMs += msOf(frame.length, this.#format);
    }
    if (message.entry.voice) message.entry.voice.sentMs = this.#sentMs;
  }

  /** All that was heard of the reply so far. */
  heard(text: string): void {
    if (this.#done || this.written || !this.#message) return;
    if (!text.startsWith(this.#text) || text === this.#text) return;
    const delta = this.#take(text.slice(this.#text.length));
    this.#options.send({ type: 'response.output_audio_transcript.delta', ...this.#part(this.#message), delta });
  }

  /** What the agent has written since the last time. */
  wrote(text: string): void {
    if (this.#done) return;
    this.#message ??= this.#open();
    const delta = this.#take(text);
    this.#options.send({ type: 'response.output_text.delta', ...this.#part(this.#message), delta });
  }

  /** The client is to run a function. */
  call(name: string, callId: string, args: string): void {
    if (this.#done) return;
    const { send } = this.#options;
    const item = {
      id: freshId('item'),
      object: 'realtime.item',
      type: 'function_call',
      name,
      call_id: callId,
    } as const;
    const begun: FunctionCallItem & { id: string } = { ...item, status: 'in_progress', arguments: '' };
    const index = this.#begin({ item: begun, turn: this.#options.turn });
    const at = { response_id: this.id, item_id: item.id, output_index: index, call_id: callId };
    send({ type: 'response.function_call_arguments.delta', ...at, delta: args });
    send({ type: 'response.function_call_arguments.done', ...at, arguments: args, name });
    this.#finish({ ...item, status: 'completed', arguments: args }, index);
  }

  end(ending: Ending, failure?: string): void {
    if (this.#done) return;
    this.#done = true;
    const whole = ending === 'completed';
    const { send } = this.#options;
    if (this.#message) this.#close(this.#message, whole ? 'completed' : 'incomplete');
    const status = whole ? 'completed' : ending === 'failed' ? 'failed' : 'cancelled';
    send({ type: 'response.done', response: this.#shown(status, detailsOf(ending, failure)) });
    if (!this.#message || this.written) return;
    send({ type: whole ? 'output_audio_buffer.stopped' : 'output_audio_buffer.cleared', response_id: this.id });
  }

  /** Its words so far: written, or heard. */
  #words = '';

  /** Returns what is new to this response. */
  #take(text: string): string {
    const delta = this.#words === '' ? text.trimStart() : text;
    this.#text += text;
    this.#words += delta;
    return delta;
  }

  #open(): Message {
    const { reply, turn, before, written } = this.#options;
    const item: AssistantItem & { id: string } = {
      id: freshId('item'),
      object: 'realtime.item',
      type: 'message',
      role: 'assistant',
      status: 'in_progress',
      content: [],
    };
    const voice = { reply, fromMs: before.ms, fromText: before.text.length, sentMs: 0 };
    const entry = { item, turn, ...(!written && { voice }) };
    const index = this.#begin(entry);
    const message = { entry, index };
    const part = written ? ({ type: 'text', text: '' } as const) : ({ type: 'audio', transcript: '' } as const);
    this.#options.send({ type: 'response.content_part.added', ...this.#part(message), part });
    return message;
  }

  #close({ entry, index }: Message, status: 'completed' | 'incomplete'): void {
    const { send } = this.#options;
    const at = this.#part({ entry, index });
    const [text, transcript] = [this.#words, this.#words];
    if (this.written) {
      send({ type: 'response.output_text.done', ...at, text });
      send({ type: 'response.content_part.done', ...at, part: { type: 'text', text } });
    } else {
      send({ type: 'response.output_audio.done', ...at });
      send({ type: 'response.output_audio_transcript.done', ...at, transcript });
      send({ type: 'response.content_part.done', ...at, part: { type: 'audio', transcript } });
    }
    const content = this.written
      ? ({ type: 'output_text', text } as const)
      : ({ type: 'output_audio', transcript } as const);
    entry.item = { ...entry.item, status, content: [content] };
    this.#finish(entry.item, index);
  }

  #begin(entry: Entry): number {
    const { send, conversation } = this.#options;
    const index = this.#output.push(entry.item) - 1;
    const before = conversation.add(entry);
    send({ type: 'response.output_item.added', response_id: this.id, output_index: index, item: entry.item });
    send({ type: 'conversation.item.added', item: entry.item, previous_item_id: before });
    return index;
  }

  #finish(item: Item & { id: string }, index: number): void {
    const { send, conversation } = this.#options;
    this.#output[index] = item;
    const entry = conversation.find(item.id);
    if (entry) entry.item = item;
    send({ type: 'response.output_item.done', response_id: this.id, output_index: index, item });
    send({ type: 'conversation.item.done', item, previous_item_id: entry ? conversation.before(entry) : null });
  }

  #part({ entry, index }: Message) {
    return { response_id: this.id, item_id: entry.item.id, output_index: index, content_index: 0 };
  }

  #shown(status: NonNullable<RealtimeResponse['status']>, details?: RealtimeResponseStatus): RealtimeResponse {
    const { config, conversation, metadata, heardMs } = this.#options;
    const { format, voice } = config.audio.output;
    const usage = usageOf({ heardMs, saidMs: this.#sentMs, output: this.#output });
    return {
      object: 'realtime.response',
      id: this.id,
      conversation_id: conversation.id,
      status,
      output: [...this.#output],
      output_modalities: [this.written ? 'text' : 'audio'],
      audio: { output: { format, voice } },
      max_output_tokens: config.max_output_tokens,
      metadata: metadata ?? null,
      ...(details && { status_details: details, usage }),
    };
  }
}

function detailsOf(ending: Ending, message = 'an engine failed'): RealtimeResponseStatus {
  if (ending === 'completed') return { type: 'completed' };
  if (ending === 'failed') return { type: 'failed', error: { type: 'server_error', code: 'engine_failed', message } };
  return { type: 'cancelled', reason: ending };
}
