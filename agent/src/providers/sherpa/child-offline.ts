import { HEARING_RATE } from '../../contracts/index.ts';
import type { OfflineRecognizer } from './child-addon.ts';
import { type Engine, released, type Tell, toFloats } from './child-engine.ts';
import type { Request } from './messages.ts';

interface Utterance {
  readonly hints: readonly string[];
  readonly pieces: Int16Array[];
  length: number;
  untold: number;
}

/** At the same time; the others wait in line, at most as many as there are requests. */
const MAX_DECODING = 2;
const TELL_AFTER = HEARING_RATE / 2;
/** Silence after the last word, for models that cut it off else. */
const TAIL = HEARING_RATE * 0.5;

/** Recognises whole utterances: audio is stored until its end, then decoded off the event loop. */
export class OfflineEars implements Engine {
  readonly #recogniser: OfflineRecognizer;
  readonly #takesHints: boolean;
  readonly #tell: Tell;
  readonly #plain: (text: string) => string;
  readonly #utterances = new Map<number, Utterance>();
  readonly #waiting: number[] = [];
  #decoding = 0;

  constructor(recogniser: OfflineRecognizer, takesHints: boolean, plain: (text: string) => string, tell: Tell) {
    this.#recogniser = recogniser;
    this.#takesHints = takesHints;
    this.#plain = plain;
    this.#tell = tell;
  }

  take(request: Exclude<Request, { type: 'load' }>): void {
    const { id } = request;
    if (request.type === 'open') {
      this.#utterances.set(id, { hints: request.hints ?? [], pieces: [], length: 0, untold: 0 });
      return;
    }
    const utterance = this.#utterances.get(id);
    if (!utterance) return;
    if (request.type === 'audio') this.#store(id, utterance, request.samples);
    else if (request.type === 'end') {
      this.#waiting.push(id);
      this.#next();
    } else this.#utterances.delete(id);
  }

  #store(id: number, utterance: Utterance, samples: Int16Array): void {
    utterance.pieces.push(samples);
    utterance.length += samples.length;
    utterance.untold += samples.length;
    if (utterance.untold < TELL_AFTER) return;
    this.#tell({ type: 'taken', id, samples: utterance.untold });
    utterance.untold = 0;
  }

  #next(): void {
    while (this.#decoding < MAX_DECODING) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      const utterance = this.#utterances.get(id);
      if (!utterance) continue;
      this.#decoding++;
      void this.#decode(id, utterance).finally(() => {
        this.#decoding--;
        this.#next();
      });
    }
  }

  async #decode(id: number, { hints, pieces, length }: Utterance): Promise<void> {
    const whole = new Int16Array(length + TAIL);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    try {
      const stream = this.#takesHints
        ? this.#recogniser.createStream(hints.join('/'))
        : this.#recogniser.createStream();
      stream.acceptWaveform({ samples: toFloats(whole), sampleRate: HEARING_RATE });
      const { text, lang } = await this.#recogniser.decodeAsync(stream);
      if (this.#utterances.has(id)) this.#tell({ type: 'final', id, text: this.#plain(text), language: lang });
    } catch (error) {
      if (this.#utterances.has(id)) this.#tell({ type: 'error', id, message: String(error) });
    }
    this.#utterances.delete(id);
    released();
  }
}
