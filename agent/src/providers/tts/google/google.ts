import { z } from 'zod';
import {
  EMOTIONS,
  ProviderError,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '../../../contracts/index.ts';
import { type Clock, raceAbort } from '../../../kernel/index.ts';
import { PcmBytes } from '../../pcm.ts';
import { WavStream } from '../../wav.ts';
import { isSpeakable } from '../prosody-ssml.ts';
import { timed, timedSpeech } from '../timed.ts';
import { type GoogleAccess, GoogleClient } from './client.ts';
import { SERVER, toProviderError } from './errors.ts';
import { type GoogleRequest, RATE, requestFor } from './request.ts';
import { SPEAKERS } from './voice.ts';

export interface GoogleTtsOptions {
  readonly access: GoogleAccess;
  /** `gemini-2.5-flash-tts` and the like take feelings as directions; absent for the voices that are named. */
  readonly model?: string;
  /** ms without audio before a text counts as failed. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
}

/** Google's limit for one text. */
const MAX_TEXT_BYTES = 5000;
const Voices = z.array(
  z.object({
    name: z.string(),
    languageCodes: z.array(z.string()).min(1),
    ssmlGender: z.union([z.string(), z.number()]).optional(),
  }),
);

/** Google Cloud Text-to-Speech: Chirp 3 HD and Gemini voices streamed, all others at once by SSML. */
export class GoogleTts implements TtsProvider {
  readonly id = 'google';
  readonly emotions = EMOTIONS;
  readonly rate = RATE;
  readonly #options: GoogleTtsOptions;
  readonly #client: GoogleClient;
  readonly #closed = new AbortController();
  #voices: Promise<readonly Voice[]> | undefined;

  private constructor(options: GoogleTtsOptions, client: GoogleClient) {
    this.#options = options;
    this.#client = client;
  }

  /** Loads Google's packages and the credentials, without asking Google. Throws ProviderError `auth` without any. */
  static async load(options: GoogleTtsOptions, signal: AbortSignal): Promise<GoogleTts> {
    return new GoogleTts(options, await GoogleClient.load(options.access, signal));
  }

  voices(): Promise<readonly Voice[]> {
    const list = async (signal: AbortSignal): Promise<readonly Voice[]> =>
      voicesOf((await this.#client.listVoices(signal)).voices);
    const { timeoutMs, clock } = this.#options;
    const timing = { signal: this.#closed.signal, timeoutMs, clock, toError: toProviderError };
    this.#voices ??= timed(list, timing).catch((error) => {
      this.#voices = undefined;
      throw error;
    });
    return raceAbort(this.#voices, this.#closed.signal);
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    options.signal.throwIfAborted();
    if (!isSpeakable(text)) return;
    if (Buffer.byteLength(text) > MAX_TEXT_BYTES)
      throw ProviderError.badRequest('tts', `${SERVER} is given at most ${MAX_TEXT_BYTES} bytes of text`);
    const { timeoutMs, clock, model } = this.#options;
    const request = requestFor({ ...options, text, model });
    const timing = { signal: options.signal, timeoutMs, clock, server: SERVER, toError: toProviderError };
    yield* timedSpeech((signal) => this.#hear(request, signal), timing);
  }

  async close(): Promise<void> {
    this.#closed.abort(ProviderError.unavailable('tts', 'closed'));
    await this.#client.close();
  }

  async *#hear(request: GoogleRequest, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    if (request.kind === 'unary') {
      yield { kind: 'audio', samples: samplesOf(await this.#client.synthesize(request.request, signal)) };
      return;
    }
    const pcm = new PcmBytes();
    for await (const bytes of this.#client.stream(request.messages, signal))
      yield { kind: 'audio', samples: pcm.push(bytes) };
  }
}

/** LINEAR16 comes as a WAV. */
function samplesOf(file: Uint8Array): Int16Array {
  const wav = new WavStream();
  try {
    const samples = wav.push(file);
    if (wav.rate !== RATE) throw new TypeError(`a WAV of ${wav.rate} Hz`);
    return samples;
  } catch (error) {
    throw ProviderError.unavailable('tts', `${SERVER} gave no WAV of ${RATE} Hz`, { cause: error });
  }
}

function voicesOf(listed: readonly unknown[]): Voice[] {
  return Voices.parse(listed).map(({ name, languageCodes, ssmlGender }) => {
    const gender = SPEAKERS[name] ?? String(ssmlGender).toLowerCase();
    return {
      id: name,
      name,
      language: (languageCodes[0] as string).replace(/^cmn-/, 'zh-'),
      ...((gender === 'female' || gender === 'male') && { gender }),
    };
  });
}
