import type { OpusLibrary } from '../../../codec/index.ts';
import {
  ProviderError,
  type ProviderFailure,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '../../../contracts/index.ts';
import { Channel, type Clock, raceAbort } from '../../../kernel/index.ts';
import { WavStream } from '../../wav.ts';
import { connectionFailure } from '../http-failure.ts';
import { isSpeakable } from '../prosody-ssml.ts';
import { timed, timedSpeech } from '../timed.ts';
import { Line } from './line.ts';
import { type CoquiServer, lookAtServer, type Request, refusal, SERVER } from './server.ts';

export interface CoquiOptions {
  /** Of Coqui's `tts-server` or of an xtts-streaming-server: which of them, it finds out. */
  readonly baseUrl: string;
  /** ms without audio before a text counts as failed. The server makes one text after another. */
  readonly timeoutMs: number;
  /** Resamples what a model speaks at another rate than XTTS. */
  readonly opus: OpusLibrary;
  readonly clock?: Clock;
}

/** Hz of XTTS. */
const RATE = 24_000;
const RATES = [8000, 48_000] as const;
/** Texts in line for a server that makes one at a time. */
const MAX_WAITING = 64;
/** Of one text, read ahead of its reader; the text's length bounds their bytes. */
const MAX_PIECES = 8192;
/** Then it is looked at again: it may have come back with another model. */
const MAY_HAVE_CHANGED: readonly ProviderFailure[] = ['unavailable', 'bad-request'];
/** A request line carries it. */
const MAX_TEXT = 2000;

/** A Coqui server of one's own: any of its models, or XTTS streamed. It takes voice and language, nothing else. */
export class CoquiTts implements TtsProvider {
  readonly id = 'coqui';
  readonly rate = RATE;
  readonly #options: CoquiOptions;
  readonly #base: URL;
  readonly #line = new Line(MAX_WAITING);
  readonly #closed = new AbortController();
  #server: Promise<CoquiServer> | undefined;

  constructor(options: CoquiOptions) {
    this.#options = options;
    this.#base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`);
  }

  /** Looks at the server ahead, so that the first words need not wait. Throws where it is not there; later is fine too. */
  async warm(signal: AbortSignal): Promise<void> {
    await this.#look(signal);
  }

  async voices(): Promise<readonly Voice[]> {
    const { speakers, language } = await this.#look(this.#closed.signal);
    return speakers.map((id) => ({ id, name: id, language }));
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    options.signal.throwIfAborted();
    if (!isSpeakable(text)) return;
    if (text.length > MAX_TEXT)
      throw ProviderError.badRequest('tts', `${SERVER} is given at most ${MAX_TEXT} characters`);
    const server = await this.#look(options.signal);
    const request = server.request({ text, ...options });
    const { timeoutMs, clock } = this.#options;
    const timing = { signal: options.signal, timeoutMs, clock, server: SERVER, toError };
    try {
      yield* timedSpeech((signal) => this.#hear(request, server.oneAtATime, signal), timing);
    } catch (error) {
      if (error instanceof ProviderError && MAY_HAVE_CHANGED.includes(error.reason)) this.#server = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(ProviderError.unavailable('tts', 'closed'));
  }

  /** One look for all who ask at once; a failed one is not remembered. */
  #look(signal: AbortSignal): Promise<CoquiServer> {
    const ask = (ended: AbortSignal): Promise<CoquiServer> => lookAtServer(this.#base, ended);
    this.#server ??= timed(ask, { ...this.#options, signal: this.#closed.signal, toError }).catch((error) => {
      this.#server = undefined;
      throw error;
    });
    return raceAbort(this.#server, signal);
  }

  /** Read as fast as it comes: a slow reader must not keep the next text waiting. */
  async *#hear({ url, init }: Request, oneAtATime: boolean, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    if (oneAtATime && !(await this.#line.enter(signal)))
      throw ProviderError.rateLimited('tts', `${SERVER} has too many texts to speak`);
    const leave = oneAtATime ? () => this.#line.leave() : () => {};
    let response: Response;
    try {
      response = await fetch(url, { ...init, signal });
      if (!response.ok) throw await refusal(response);
    } catch (error) {
      leave();
      throw error;
    }
    const read = new Channel<Uint8Array>({ capacity: MAX_PIECES, overflow: 'fail' });
    void readAll(response, read).finally(leave);
    for await (const samples of this.#atRate(read)) yield { kind: 'audio', samples };
  }

  async *#atRate(body: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array> {
    const wav = new WavStream();
    let resampler: ReturnType<OpusLibrary['resampler']> | undefined;
    try {
      for await (const bytes of body) {
        const samples = samplesIn(wav, bytes);
        if (wav.rate !== 0 && wav.rate !== RATE)
          resampler ??= this.#options.opus.resampler({ from: wav.rate, to: RATE });
        yield resampler ? resampler.push(samples) : samples;
      }
      if (resampler) yield resampler.flush();
    } finally {
      resampler?.close();
    }
  }
}

/** Never rejects: the reader is told. */
async function readAll({ body }: Response, into: Channel<Uint8Array>): Promise<void> {
  try {
    for await (const bytes of body ?? [])
      if (!into.push(bytes)) throw new RangeError('more audio than the text can be');
    into.end();
  } catch (error) {
    into.fail(error);
  }
}

const toError = (error: unknown): ProviderError => connectionFailure(SERVER, error);

/** The samples in a piece of a WAV, at a rate that speech has. */
function samplesIn(wav: WavStream, bytes: Uint8Array): Int16Array {
  try {
    const samples = wav.push(bytes);
    if (wav.rate !== 0 && (wav.rate < RATES[0] || wav.rate > RATES[1])) throw new TypeError(`${wav.rate} Hz`);
    return samples;
  } catch (error) {
    throw ProviderError.unavailable('tts', `${SERVER} gave no WAV of 16-bit mono`, { cause: error });
  }
}
