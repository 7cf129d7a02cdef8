import { HEARING_RATE } from '../../contracts/index.ts';
import type { OnlineRecognizer, OnlineStream } from './child-addon.ts';
import { type Engine, released, type Tell, toFloats } from './child-engine.ts';
import type { Request } from './messages.ts';

interface Utterance {
  readonly stream: OnlineStream;
  text: string;
  /** Samples that were given and not yet told as taken. */
  untold: number;
  ended: boolean;
}

/** Utterances that are decoded in one step: more would keep cancelled ones and new audio waiting. */
const MAX_BATCH = 8;
const TELL_AFTER = HEARING_RATE / 2;
/** Silence after the last word, that it may come out of the model's look-ahead. */
const TAIL = new Float32Array(HEARING_RATE * 0.66);

/** Recognises utterances side by side, a batch of them a step, with the event loop between the steps. */
export class StreamingEars implements Engine {
  readonly #recogniser: OnlineRecognizer;
  readonly #tell: Tell;
  readonly #plain: (text: string) => string;
  readonly #utterances = new Map<number, Utterance>();
  #stepping = false;

  constructor(recogniser: OnlineRecognizer, plain: (text: string) => string, tell: Tell) {
    this.#recogniser = recogniser;
    this.#plain = plain;
    this.#tell = tell;
  }

  take(request: Exclude<Request, { type: 'load' }>): void {
    if (request.type === 'open') {
      const stream = this.#recogniser.createStream();
      this.#utterances.set(request.id, { stream, text: '', untold: 0, ended: false });
      return;
    }
    const utterance = this.#utterances.get(request.id);
    if (!utterance) return;
    if (request.type === 'audio') {
      utterance.stream.acceptWaveform({ samples: toFloats(request.samples), sampleRate: HEARING_RATE });
      utterance.untold += request.samples.length;
    } else if (request.type === 'end') {
      utterance.stream.acceptWaveform({ samples: TAIL, sampleRate: HEARING_RATE });
      utterance.stream.inputFinished();
      utterance.ended = true;
    } else this.#drop(request.id);
    this.#wake();
  }

  #wake(): void {
    if (this.#stepping) return;
    this.#stepping = true;
    setImmediate(() => this.#step());
  }

  #step(): void {
    this.#stepping = false;
    const batch = [...this.#utterances]
      .filter(([, { stream }]) => this.#recogniser.isReady(stream))
      .slice(0, MAX_BATCH);
    if (batch.length > 0) this.#recogniser.decodeStreams(batch.map(([, { stream }]) => stream));
    for (const [id, utterance] of batch) {
      // To the end of the line, so that every utterance has its turn.
      this.#utterances.delete(id);
      this.#utterances.set(id, utterance);
      const text = this.#plain(this.#recogniser.getResult(utterance.stream).text);
      if (text !== utterance.text && !utterance.ended) this.#tell({ type: 'partial', id, text });
      utterance.text = text;
    }
    for (const [id, utterance] of this.#utterances) {
      if (this.#recogniser.isReady(utterance.stream)) this.#wake();
      else if (utterance.ended) this.#finish(id, utterance);
      else if (utterance.untold >= TELL_AFTER) {
        this.#tell({ type: 'taken', id, samples: utterance.untold });
        utterance.untold = 0;
      }
    }
  }

  #finish(id: number, { stream }: Utterance): void {
    this.#tell({ type: 'final', id, text: this.#plain(this.#recogniser.getResult(stream).text) });
    this.#drop(id);
  }

  #drop(id: number): void {
    if (this.#utterances.delete(id)) released();
  }
}
