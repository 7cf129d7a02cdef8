import { concatSamples, durationMs, ProviderError, type TtsProvider } from '../contracts/index.ts';
import { abortable } from '../kernel/index.ts';
import { mannerFor } from '../reply/index.ts';
import { phrase } from '../session/phrases.ts';
import type { OfferedVoice, SampleOrder, VoiceSample } from './contract.ts';
import type { FromHost, ToHost } from './messages.ts';

/** Samples that wait for the one that is made; more are refused. */
const MAX_WAITING = 4;
/** A sample ends here, in ms. */
const LONGEST_SAMPLE_MS = 20_000;

export type DeskMessage = Extract<ToHost, { readonly request: number }>;

/** What the engine's voices are, and what each sounds like: one sample at a time, as calls speak through it too. */
export class VoiceDesk {
  readonly #tts: TtsProvider;
  readonly #tell: (message: FromHost) => void;
  readonly #wanted = new Map<number, AbortController>();
  #line: Promise<unknown> = Promise.resolve();

  constructor(tts: TtsProvider, tell: (message: FromHost) => void) {
    this.#tts = tts;
    this.#tell = tell;
  }

  handle(message: DeskMessage): void {
    const { request } = message;
    if (message.type === 'never-mind') {
      this.#wanted.get(request)?.abort(new DOMException('nobody waits for the sample', 'AbortError'));
    } else {
      const answer = message.type === 'voices' ? this.#voices() : this.#inTurn(request, message.order);
      answer.then(
        (value) => this.#tell({ type: 'answer', request, value }),
        (error) => this.#tell({ type: 'no-answer', request, failure: failureOf(error) }),
      );
    }
  }

  close(): void {
    for (const wanted of this.#wanted.values()) wanted.abort(new DOMException('the host is closed', 'AbortError'));
  }

  async #voices(): Promise<readonly OfferedVoice[]> {
    const { id: engine, emotions = [] } = this.#tts;
    return (await this.#tts.voices()).map((voice) => ({ ...voice, engine, emotions }));
  }

  async #inTurn(request: number, order: SampleOrder): Promise<VoiceSample> {
    if (this.#wanted.size > MAX_WAITING)
      throw ProviderError.rateLimited('tts', 'other samples are being made; ask again in a moment');
    const wanted = new AbortController();
    this.#wanted.set(request, wanted);
    const sample = this.#line.then(() => this.#speak(order, wanted.signal));
    this.#line = sample.catch(() => {});
    try {
      return await sample;
    } finally {
      this.#wanted.delete(request);
      wanted.abort(new DOMException('the sample is made', 'AbortError'));
    }
  }

  async #speak({ text, ...prosody }: SampleOrder, signal: AbortSignal): Promise<VoiceSample> {
    signal.throwIfAborted();
    const { rate } = this.#tts;
    const words = text ?? phrase('welcome', prosody.language);
    const chunks: Int16Array[] = [];
    let ms = 0;
    for await (const chunk of abortable(this.#tts.speak(words, { ...mannerFor(words, { prosody }), signal }), signal)) {
      if (chunk.kind !== 'audio') continue;
      chunks.push(chunk.samples);
      ms += durationMs(chunk.samples.length, rate);
      if (ms >= LONGEST_SAMPLE_MS) break;
    }
    signal.throwIfAborted();
    return { rate, samples: concatSamples(chunks) };
  }
}

const failureOf = (error: unknown): { reason: ProviderError['reason']; message: string } =>
  error instanceof ProviderError
    ? { reason: error.reason, message: error.message }
    : { reason: 'unavailable', message: error instanceof Error ? error.message : String(error) };
