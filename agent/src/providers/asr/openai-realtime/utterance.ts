import OpenAI from 'openai';
import type { Resampler, ResamplerOptions } from '../../../codec/index.ts';
import { ProviderError, type Transcript } from '../../../contracts/index.ts';
import { toProviderError } from '../../openai/errors.ts';
import type { Dialect, Outgoing } from '../link/index.ts';
import { append, COMMIT, parseEvent, REALTIME_RATE, type RealtimeEvent, sessionUpdate } from './protocol.ts';

export interface RealtimeUtteranceOptions {
  readonly model: string;
  /** ISO 639-1. */
  readonly language?: string;
  readonly hints?: readonly string[];
  /** What people call the other side. */
  readonly server: string;
  readonly resampler: (options: ResamplerOptions) => Resampler;
  readonly say: (transcript: Transcript) => void;
}

/** One utterance as one item of a transcription session. */
export class RealtimeUtterance implements Dialect {
  readonly #options: RealtimeUtteranceOptions;
  #resampler: Resampler | undefined;
  #item: string | undefined;
  #text = '';

  constructor(options: RealtimeUtteranceOptions) {
    this.#options = options;
  }

  begin(rate: number): Outgoing[] {
    if (rate !== REALTIME_RATE) this.#resampler = this.#options.resampler({ from: rate, to: REALTIME_RATE });
    return [sessionUpdate(this.#options)];
  }

  audio(samples: Int16Array): Outgoing[] {
    return pieces(this.#resampler ? this.#resampler.push(samples) : samples);
  }

  end(): Outgoing[] {
    return [...pieces(this.#resampler ? this.#resampler.flush() : new Int16Array(0)), COMMIT];
  }

  hear(text: string): void {
    const event = this.#parse(text);
    if (!event) return;
    if (event.type === 'error') throw this.#failed(event.error);
    this.#item ??= event.item_id;
    if (event.item_id !== this.#item) return;
    const { language } = this.#options;
    if (event.type === 'conversation.item.input_audio_transcription.delta') {
      this.#text += event.delta;
      this.#options.say({ kind: 'partial', text: this.#text.trim(), language });
    } else if (event.type === 'conversation.item.input_audio_transcription.completed') {
      const heard = language ?? event.languages?.[0]?.code;
      this.#options.say({ kind: 'final', text: event.transcript.trim(), language: heard });
    } else if (event.type === 'conversation.item.input_audio_transcription.failed') throw this.#failed(event.error);
  }

  close(): void {
    this.#resampler?.close();
  }

  #parse(text: string): RealtimeEvent | undefined {
    try {
      return parseEvent(text);
    } catch (cause) {
      const message = `${this.#options.server} said something that is not of its protocol`;
      throw ProviderError.unavailable('asr', message, { cause });
    }
  }

  #failed(error: object): ProviderError {
    const known = new OpenAI.APIError(undefined, error, undefined, undefined);
    return toProviderError('asr', this.#options.server, known);
  }
}

const pieces = (samples: Int16Array): Outgoing[] => (samples.length > 0 ? [append(samples)] : []);
