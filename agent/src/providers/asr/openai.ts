import type OpenAI from 'openai';
import type {
  Transcription,
  TranscriptionCreateParamsBase,
  TranscriptionStreamEvent,
} from 'openai/resources/audio/transcriptions';
import {
  type AsrOptions,
  type AsrProvider,
  type AsrSettings,
  durationMs,
  type OpenAiAccess,
  type PcmFrame,
  ProviderError,
  type Transcript,
} from '../../contracts/index.ts';
import { abortable, type Clock, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { primaryLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import { isOpenAiItself, onceMore, openAiClient } from '../openai/client.ts';
import { toProviderError } from '../openai/errors.ts';
import { wavFile } from '../wav.ts';

export interface OpenAiAsrOptions {
  readonly access: OpenAiAccess;
  readonly settings: Pick<AsrSettings, 'model' | 'timeoutMs'>;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Longer utterances lose their end: 120 s of 16 kHz PCM are 3.8 MB. */
const MAX_UTTERANCE_MS = 120_000;
/** OpenAI refuses less, and nobody says a word in it. */
const MIN_UTTERANCE_MS = 100;
/** Models that write while they listen to the upload. Whisper does not. */
const STREAMING_MODEL = /transcribe/;

/** OpenAI's recognition, or any compatible server's: the utterance is uploaded when it is over. */
export class OpenAiAsr implements AsrProvider {
  readonly id = 'openai';
  readonly #options: OpenAiAsrOptions;
  readonly #client: OpenAI;
  readonly #server: string;

  constructor(options: OpenAiAsrOptions) {
    this.#options = options;
    this.#client = openAiClient(options.access, options.settings.timeoutMs);
    this.#server = isOpenAiItself(options.access) ? 'OpenAI' : 'the recognition server';
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, options: AsrOptions): AsyncGenerator<Transcript> {
    const { samples, rate, ms } = await this.#collect(audio, options.signal);
    if (ms < MIN_UTTERANCE_MS) {
      yield { kind: 'final', text: '' };
      return;
    }
    const { clock = systemClock, settings } = this.#options;
    const deadline = new Deadline({ stage: 'asr', ms: settings.timeoutMs, parent: options.signal, clock });
    try {
      yield* this.#ask(new File([wavFile(samples, rate)], 'speech.wav', { type: 'audio/wav' }), options, deadline);
      deadline.signal.throwIfAborted();
    } catch (error) {
      deadline.signal.throwIfAborted();
      throw toProviderError('asr', this.#server, error);
    } finally {
      deadline.close();
    }
  }

  async *#ask(file: File, { language, hints }: AsrOptions, deadline: Deadline): AsyncGenerator<Transcript> {
    const { model } = this.#options.settings;
    const request: TranscriptionCreateParamsBase<'json'> = { file, model, response_format: 'json' };
    if (language) request.language = primaryLanguage(language);
    if (hints?.length) request.prompt = hints.join(', ');
    const { transcriptions } = this.#client.audio;
    const { signal } = deadline;
    if (!STREAMING_MODEL.test(model)) {
      const { text } = await onceMore(() => transcriptions.create({ ...request, stream: false }, { signal }), signal);
      yield final(text, language);
      return;
    }
    let text = '';
    let finished = false;
    const events = await onceMore(() => transcriptions.create({ ...request, stream: true }, { signal }), signal);
    for await (const event of abortable<TranscriptionStreamEvent>(events, signal)) {
      deadline.touch();
      if (event.type === 'transcript.text.delta') {
        text += event.delta;
        deadline.pause();
        yield { kind: 'partial', text: text.trim(), language };
        deadline.touch();
      } else if (event.type === 'transcript.text.done') {
        text = event.text;
        finished = true;
        break;
      }
    }
    if (!finished) throw ProviderError.unavailable('asr', `${this.#server} broke off in mid-transcript`);
    yield final(text, language);
  }

  /** The utterance so far as the bound allows; overflow drops the newest. */
  async #collect(
    audio: AsyncIterable<PcmFrame>,
    signal: AbortSignal,
  ): Promise<{ samples: Int16Array[]; rate: number; ms: number }> {
    const samples: Int16Array[] = [];
    let rate = 0;
    let ms = 0;
    let dropped = false;
    for await (const frame of abortable(audio, signal)) {
      rate ||= frame.rate;
      if (frame.rate !== rate) throw ProviderError.unsupported('asr', 'an utterance has one sample rate');
      dropped = ms >= MAX_UTTERANCE_MS;
      if (dropped) continue;
      samples.push(frame.samples);
      ms += durationMs(frame.samples.length, rate);
    }
    if (dropped)
      this.#options.log?.(
        'warn',
        `an utterance was longer than ${MAX_UTTERANCE_MS / 1000} s: its end was not recognised`,
      );
    return { samples, rate, ms };
  }
}

const final = (text: Transcription['text'], language: string | undefined): Transcript => ({
  kind: 'final',
  text: text.trim(),
  language,
});
