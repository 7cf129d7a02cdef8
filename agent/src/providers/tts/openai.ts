import type OpenAI from 'openai';
import type { SpeechCreateParams } from 'openai/resources/audio/speech';
import { demuxOggOpus, type OpusLibrary } from '../../codec/index.ts';
import {
  EMOTIONS,
  type Emotion,
  type OpenAiAccess,
  ProviderError,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type TtsSettings,
  type Voice,
} from '../../contracts/index.ts';
import { abortable, type Clock, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { isOpenAiItself, onceMore, openAiClient } from '../openai/client.ts';
import { toProviderError } from '../openai/errors.ts';
import { PcmBytes } from '../pcm.ts';
import { opusAudio } from './opus-audio.ts';
import { clamp, directionsFor } from './prosody.ts';

export interface OpenAiTtsOptions {
  readonly access: OpenAiAccess;
  readonly settings: Required<Pick<TtsSettings, 'model' | 'format' | 'timeoutMs'>>;
  /** Needed for the `opus` format. */
  readonly opus?: OpusLibrary;
  readonly clock?: Clock;
}

const RATE = 24000;
const DEFAULT_VOICE = 'alloy';
const VOICES = [
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
];
const SPEEDS = [0.25, 4] as const;
const MAX_TEXT = 4096;
/** Models that take directions; the older ones do not know the field. */
const TAKES_INSTRUCTIONS = /^gpt-/;

/** OpenAI's speech, or any compatible server's, streamed as 24 kHz PCM or as Ogg Opus. */
export class OpenAiTts implements TtsProvider {
  readonly id = 'openai';
  readonly rate = RATE;
  readonly #options: OpenAiTtsOptions;
  readonly #client: OpenAI;
  readonly #server: string;

  constructor(options: OpenAiTtsOptions) {
    if (options.settings.format === 'opus' && !options.opus)
      throw new TypeError('the opus format needs the Opus library');
    this.#options = options;
    this.#client = openAiClient(options.access, options.settings.timeoutMs);
    this.#server = isOpenAiItself(options.access) ? 'OpenAI' : 'the speech server';
  }

  get emotions(): readonly Emotion[] {
    return TAKES_INSTRUCTIONS.test(this.#options.settings.model) ? EMOTIONS : [];
  }

  /** OpenAI's own; another server has others, and takes their names as they are. */
  async voices(): Promise<readonly Voice[]> {
    return VOICES.map((id) => ({ id, name: `${id[0]?.toUpperCase()}${id.slice(1)}`, language: 'mul' }));
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    options.signal.throwIfAborted();
    if (text.trim() === '') return;
    if (text.length > MAX_TEXT)
      throw ProviderError.badRequest('tts', `a text to speak has at most ${MAX_TEXT} characters`);
    const { clock = systemClock, settings } = this.#options;
    const deadline = new Deadline({ stage: 'tts', ms: settings.timeoutMs, parent: options.signal, clock });
    try {
      const request = this.#request(text, options);
      const { signal } = deadline;
      const { body } = await onceMore(() => this.#client.audio.speech.create(request, { signal }), signal);
      if (!body) throw ProviderError.unavailable('tts', `${this.#server} answered without audio`);
      let heard = false;
      for await (const chunk of abortable(this.#audioIn(body, options, signal), signal)) {
        if (chunk.kind === 'audio' && chunk.samples.length === 0) continue;
        heard = true;
        deadline.pause(); // while the reader is busy
        yield chunk;
        deadline.touch();
      }
      deadline.signal.throwIfAborted();
      if (!heard) throw ProviderError.unavailable('tts', `${this.#server} answered without audio`);
    } catch (error) {
      deadline.signal.throwIfAborted();
      throw toProviderError('tts', this.#server, error);
    } finally {
      deadline.close();
    }
  }

  #request(input: string, prosody: SpeakOptions): SpeechCreateParams {
    const { model, format } = this.#options.settings;
    const { voice, speed = 1 } = prosody;
    const instructions = directionsFor(prosody);
    return {
      model,
      input,
      voice: voice || DEFAULT_VOICE,
      response_format: format,
      ...(speed !== 1 && { speed: clamp(speed, SPEEDS) }),
      ...(instructions !== '' && TAKES_INSTRUCTIONS.test(model) && { instructions }),
    };
  }

  #audioIn(
    body: ReadableStream<Uint8Array>,
    { takesOpus }: SpeakOptions,
    signal: AbortSignal,
  ): AsyncIterable<SpeechChunk> {
    const { opus, settings } = this.#options;
    if (settings.format !== 'opus' || !opus) return pcmAudio(body);
    return opusAudio({ opus, rate: RATE, takesOpus, packets: (onHead) => demuxOggOpus(body, { signal, onHead }) });
  }
}

async function* pcmAudio(body: AsyncIterable<Uint8Array>): AsyncGenerator<SpeechChunk> {
  const pcm = new PcmBytes();
  for await (const bytes of body) yield { kind: 'audio', samples: pcm.push(bytes) };
}
