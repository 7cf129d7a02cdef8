import type { OpusDecoder, OpusEncoder, OpusLibrary } from '../../codec/index.ts';
import { FRAME_MS, HEARING_RATE } from '../../contracts/index.ts';
import { seededRandom } from '../signal.ts';
import type { SceneCaller } from './scene.ts';

/** As in the ear: frames guessed in a row before silence. */
const MAX_CONCEALED = 5;
const FRAME = (HEARING_RATE * FRAME_MS) / 1000;

/** Frames through Opus, of which some get lost and are guessed by its decoder; the same ones every time. */
export class LossyLine {
  readonly #encoder: OpusEncoder;
  readonly #decoder: OpusDecoder;
  readonly #random = seededRandom(11);
  /** Chances that a loss begins, and that it goes on. */
  readonly #begins: number;
  readonly #goesOn: number;
  #inRow = 0;

  constructor(library: OpusLibrary, { percent, burst }: NonNullable<SceneCaller['loss']>) {
    this.#encoder = library.encoder({ rate: HEARING_RATE });
    this.#decoder = library.decoder({ rate: HEARING_RATE });
    this.#goesOn = 1 - 1 / burst;
    this.#begins = Math.min(1, percent / Math.max(1e-9, 100 - percent) / burst);
  }

  pass(frame: Int16Array): Int16Array {
    const packet = this.#encoder.encode(frame);
    if (this.#random() >= (this.#inRow > 0 ? this.#goesOn : this.#begins)) {
      this.#inRow = 0;
      return this.#decoder.decode(packet).slice();
    }
    return ++this.#inRow <= MAX_CONCEALED ? this.#decoder.conceal(FRAME).slice() : new Int16Array(FRAME);
  }

  close(): void {
    this.#encoder.close();
    this.#decoder.close();
  }
}
