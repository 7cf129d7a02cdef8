import type { OpusDecoder, OpusEncoder, OpusLibrary } from '../../codec/index.ts';
import { FRAME_MS, HEARING_RATE } from '../../contracts/index.ts';
import { LossPattern } from './loss-pattern.ts';
import type { SceneCaller } from './scene.ts';

/** As in the ear: frames guessed in a row before silence. */
const MAX_CONCEALED = 5;
const FRAME = (HEARING_RATE * FRAME_MS) / 1000;

/** Frames through Opus, of which some get lost and are guessed by its decoder; the same ones every time. */
export class LossyLine {
  readonly #encoder: OpusEncoder;
  readonly #decoder: OpusDecoder;
  readonly #pattern: LossPattern;
  #inRow = 0;

  constructor(library: OpusLibrary, loss: NonNullable<SceneCaller['loss']>) {
    this.#encoder = library.encoder({ rate: HEARING_RATE });
    this.#decoder = library.decoder({ rate: HEARING_RATE });
    this.#pattern = new LossPattern(loss);
  }

  pass(frame: Int16Array): Int16Array {
    const packet = this.#encoder.encode(frame);
    if (!this.#pattern.next()) {
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
