import { HEARING_RATE, ProviderError, type Transcript } from '../../../contracts/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { Dialect, Outgoing } from '../link/index.ts';
import {
  END_MESSAGE,
  type FunAsrAnswer,
  type FunAsrStart,
  funAsrAnswer,
  joined,
  MESSAGE_MS,
  plainText,
  startMessage,
} from './protocol.ts';

export interface FunAsrUtteranceOptions extends Omit<FunAsrStart, 'rate'> {
  readonly say: (transcript: Transcript) => void;
  readonly clock: Clock;
}

/** Old servers do not mark their last answer: after the end, words that nothing follows for so many ms are the last. */
const SETTLE_MS = 500;
const MESSAGE_SAMPLES = (HEARING_RATE * MESSAGE_MS) / 1000;

/** One utterance in FunASR's protocol: online pieces are added up, offline sentences take their place. */
export class FunAsrUtterance implements Dialect {
  readonly #options: FunAsrUtteranceOptions;
  #message = new Int16Array(MESSAGE_SAMPLES);
  #filled = 0;
  #ended = false;
  #sentences = '';
  #piece = '';
  #language: string | undefined;
  #cancelSettling = (): void => {};

  constructor(options: FunAsrUtteranceOptions) {
    this.#options = options;
    this.#language = options.language;
  }

  begin(rate: number): Outgoing[] {
    if (rate !== HEARING_RATE)
      throw ProviderError.unsupported('asr', `FunASR hears at ${HEARING_RATE} Hz here, not ${rate}`);
    return [startMessage({ ...this.#options, rate })];
  }

  *audio(samples: Int16Array): Generator<Outgoing> {
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + MESSAGE_SAMPLES - this.#filled);
      this.#message.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === MESSAGE_SAMPLES) yield this.#flush();
    }
  }

  *end(): Generator<Outgoing> {
    if (this.#filled > 0) yield this.#flush();
    this.#ended = true;
    yield END_MESSAGE;
  }

  hear(text: string): void {
    const answer = parse(text);
    if (answer.error !== undefined)
      throw ProviderError.unavailable('asr', `the FunASR server failed: ${answer.error.slice(0, 200)}`);
    const isNew = this.#add(answer);
    if (this.#isLast(answer)) this.#say('final');
    else if (isNew) this.#say('partial');
  }

  close(): void {
    this.#cancelSettling();
  }

  #flush(): Uint8Array {
    const { buffer } = this.#message;
    const bytes = new Uint8Array(buffer, 0, this.#filled * 2);
    this.#message = new Int16Array(MESSAGE_SAMPLES); // the socket may still hold the last one
    this.#filled = 0;
    return bytes;
  }

  #add({ mode = '', text: written }: FunAsrAnswer): boolean {
    const { text, language } = plainText(written);
    this.#language = language ?? this.#language;
    if (!text) return false;
    if (mode.endsWith('offline')) {
      this.#sentences = joined(this.#sentences, text);
      this.#piece = '';
    } else this.#piece = joined(this.#piece, text);
    return true;
  }

  /** Whether nothing more comes. An offline server answers once, and calls that not final. */
  #isLast({ mode, is_final, is_end, slice_type }: FunAsrAnswer): boolean {
    if (is_end) return true;
    if (!this.#ended) return false;
    if (is_final || mode === 'offline') return true;
    if (mode === '2pass-offline' && slice_type === undefined) {
      this.#cancelSettling();
      this.#cancelSettling = this.#options.clock.after(SETTLE_MS, () => this.#say('final'));
    }
    return false;
  }

  #say(kind: Transcript['kind']): void {
    const text = joined(this.#sentences, this.#piece);
    this.#options.say({ kind, text, ...(this.#language && { language: this.#language }) });
  }
}

function parse(text: string): FunAsrAnswer {
  try {
    return funAsrAnswer.parse(JSON.parse(text));
  } catch (error) {
    throw ProviderError.unavailable('asr', 'the FunASR server said something that is not of its protocol', {
      cause: error,
    });
  }
}
