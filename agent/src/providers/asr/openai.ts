import OpenAI from 'openai';
import type { TranscriptionCreateParamsBase, TranscriptionStreamEvent } from 'openai/resources/audio/transcriptions';
import { z } from 'zod';
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
import { abortable, type Clock, raceAbort, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { primaryLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import { isOpenAiItself, onceMore, openAiClient } from '../openai/client.ts';
import { toProviderError } from '../openai/errors.ts';
import { wavFile } from '../wav.ts';
import { openAiHints } from './openai-hints.ts';

export interface OpenAiAsrOptions {
  readonly access: OpenAiAccess;
  readonly settings: Required<Pick<AsrSettings, 'model' | 'timeoutMs'>>;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Longer utterances lose their end: 120 s of 16 kHz PCM are 3.8 MB. */
const MAX_UTTERANCE_MS = 120_000;
/** OpenAI refuses less, and nobody says a word in it. */
const MIN_UTTERANCE_MS = 100;
/** Models that write while they listen to the upload. Whisper does not. */
const STREAMING_MODEL = /transcribe/;

/** What servers say that do not know the field. */
const NO_STREAM: readonly unknown[] = [400, 415, 422, 501];

type Upload = TranscriptionCreateParamsBase<'json'>;
interface Streamed {
  readonly data: AsyncIterable<TranscriptionStreamEvent>;
  readonly response: Response;
}

const plainAnswer = z.object({
  text: z.string(),
  languages: z.array(z.object({ code: z.string() })).nullish(),
});
type Heard = z.infer<typeof plainAnswer>;

/** OpenAI's recognition, or any compatible server's: the utterance is uploaded when it is over. */
export class OpenAiAsr implements AsrProvider {
  readonly id = 'openai';
  readonly #options: OpenAiAsrOptions;
  readonly #client: OpenAI;
  readonly #server: string;
  #refusesStreams = false;

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
    const request: Upload = { file, model, response_format: 'json', ...openAiHints(model, hints) };
    if (language) request.language = primaryLanguage(language);
    const { signal } = deadline;
    const maybe = STREAMING_MODEL.test(model) && !this.#refusesStreams;
    const streamed = maybe ? await this.#stream(request, signal) : undefined;
    if (!streamed) {
      const create = () => this.#client.audio.transcriptions.create({ ...request, stream: false }, { signal });
      const answer = await onceMore(create, signal);
      this.#refusesStreams ||= maybe;
      yield final(answer, language);
      return;
    }
    const { data, response } = streamed;
    if (isPlain(response)) {
      yield final(plainAnswer.parse(await raceAbort(response.json(), signal)), language);
      return;
    }
    let text = '';
    let done: Heard | undefined;
    for await (const event of abortable<TranscriptionStreamEvent>(data, signal)) {
      deadline.touch();
      if (event.type === 'transcript.text.delta') {
        text += event.delta;
        deadline.pause();
        yield { kind: 'partial', text: text.trim(), language };
        deadline.touch();
      } else if (event.type === 'transcript.text.done') {
        done = event;
        break;
      }
    }
    if (!done) throw ProviderError.unavailable('asr', `${this.#server} broke off in mid-transcript`);
    yield final(done, language);
  }

  /** Undefined where the server refuses to stream: not all that are compatible with OpenAI can. */
  async #stream(request: Upload, signal: AbortSignal): Promise<Streamed | undefined> {
    const { transcriptions } = this.#client.audio;
    const create = () => transcriptions.create({ ...request, stream: true }, { signal }).withResponse();
    try {
      return await onceMore(create, signal);
    } catch (error) {
      const status = error instanceof OpenAI.APIError ? error.status : undefined;
      if (isOpenAiItself(this.#options.access) || !NO_STREAM.includes(status)) throw error;
      return undefined;
    }
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

const isPlain = (response: Response): boolean =>
  response.headers.get('content-type')?.startsWith('application/json') ?? false;

const final = ({ text, languages }: Heard, language: string | undefined): Transcript => ({
  kind: 'final',
  text: text.trim(),
  language: language ?? languages?.[0]?.code,
});
