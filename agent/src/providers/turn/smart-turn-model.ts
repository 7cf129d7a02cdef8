import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FRAMES, LogMel, MELS } from './log-mel.ts';

/**
 * Smart Turn v3.x as its makers run it (github.com/pipecat-ai/smart-turn, inference.py): `input_features`
 * [batch, 80, 800], and one number a row, the probability that the turn is complete (a sigmoid is in the file, though
 * train.py calls the output `logits`).
 */
const INPUT = 'input_features';

/** An error-only log, and one thread: the machine's cores are for many calls. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
};

/** The model in this thread. A run blocks it for tens of ms: not for a thread that carries audio. */
export class SmartTurnModel {
  readonly #session: InferenceSession;
  readonly #logMel = new LogMel();
  readonly #features = new Float32Array(MELS * FRAMES);
  readonly #feeds = { [INPUT]: new Tensor('float32', this.#features, [1, MELS, FRAMES]) };

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Throws for a file that is no ONNX model, or another one. */
  static async load(file: string): Promise<SmartTurnModel> {
    const session = await InferenceSession.create(file, SESSION_OPTIONS);
    const problem = problemOf(session);
    if (!problem) return new SmartTurnModel(session);
    await session.release();
    throw new TypeError(`not a Smart Turn v3 model: ${problem}`);
  }

  /** 0..1, of the last 8 s of 16 kHz audio; calls do not overlap. */
  async probability(audio: Int16Array): Promise<number> {
    this.#logMel.compute(audio, this.#features);
    const outputs = await this.#session.run(this.#feeds);
    const probability = Number(Object.values(outputs)[0]?.data[0]);
    if (!(probability >= 0 && probability <= 1)) throw new RangeError(`the model says ${probability}, no probability`);
    return probability;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** A dimension with a name is free. */
type Shape = readonly (number | string)[];
const fits = (shape: Shape, wanted: readonly number[]): boolean =>
  shape.length === wanted.length && wanted.every((size, i) => typeof shape[i] === 'string' || shape[i] === size);

function problemOf({ inputMetadata, outputMetadata }: InferenceSession): string | undefined {
  const [input, ...more] = inputMetadata;
  const [output, ...others] = outputMetadata;
  if (!input?.isTensor || input.name !== INPUT || more.length > 0) {
    return `its inputs are ${inputMetadata.map(({ name }) => name).join(', ')}, not ${INPUT}`;
  }
  if (input.type !== 'float32' || !fits(input.shape, [1, MELS, FRAMES])) {
    return `${INPUT} is ${input.type} [${input.shape}], not float32 [batch, ${MELS}, ${FRAMES}]`;
  }
  const one = output?.isTensor && output.type === 'float32' && (fits(output.shape, [1, 1]) || fits(output.shape, [1]));
  return one && others.length === 0 ? undefined : 'it has more to say than one number';
}
