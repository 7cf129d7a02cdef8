import { Tensor } from 'onnxruntime-node';
import { HEARING_RATE } from '../contracts/index.ts';
import { type SileroShape, STATE_LAYERS } from './silero-shape.ts';

/** One stream's side of an inference: what goes into its row of the batch and what comes back. */
export interface BatchRow {
  /** Context, then window: -1..1. */
  readonly input: Float32Array;
  /** One flat `[STATE_LAYERS, width]` for each state tensor of the shape. */
  readonly states: readonly Float32Array[];
}

/** The tensors of one inference over views of the batch's memory. */
export interface BatchTensors {
  readonly feeds: Record<string, Tensor>;
  /** Written in place by the run. */
  readonly fetches: Record<string, Tensor>;
}

/** The memory of batched inferences, kept from one to the next; it grows by powers of two. */
export class SileroBatch {
  readonly #shape: SileroShape;
  readonly #rate = new Tensor('int64', [BigInt(HEARING_RATE)], []);
  readonly #tensors = new Map<number, BatchTensors>();
  #capacity = 0;
  #input = new Float32Array(0);
  #output = new Float32Array(0);
  #statesIn: Float32Array[] = [];
  #statesOut: Float32Array[] = [];

  constructor(shape: SileroShape) {
    this.#shape = shape;
  }

  /** Copies the rows in and gives the tensors to run. */
  gather(rows: readonly BatchRow[]): BatchTensors {
    this.#reserve(rows.length);
    rows.forEach((row, i) => {
      this.#input.set(row.input, i * row.input.length);
      this.#shape.states.forEach(({ width }, s) => {
        const state = row.states[s] as Float32Array;
        const batch = this.#statesIn[s] as Float32Array;
        for (let layer = 0; layer < STATE_LAYERS; layer++) {
          copy(state, layer * width, batch, (layer * rows.length + i) * width, width);
        }
      });
    });
    return this.#tensorsFor(rows.length);
  }

  /** Row `i`'s probability, 0..1, after a run. */
  probability(i: number): number {
    return this.#output[i] as number;
  }

  /** Copies row `i`'s new states, of `count` rows, into its stream. */
  scatter(row: BatchRow, i: number, count: number): void {
    this.#shape.states.forEach(({ width }, s) => {
      const batch = this.#statesOut[s] as Float32Array;
      const state = row.states[s] as Float32Array;
      for (let layer = 0; layer < STATE_LAYERS; layer++) {
        copy(batch, (layer * count + i) * width, state, layer * width, width);
      }
    });
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = 2 ** Math.ceil(Math.log2(rows));
    const { contextSamples, windowSamples, states } = this.#shape;
    const allocate = ({ width }: { width: number }): Float32Array =>
      new Float32Array(STATE_LAYERS * this.#capacity * width);
    this.#input = new Float32Array(this.#capacity * (contextSamples + windowSamples));
    this.#output = new Float32Array(this.#capacity);
    this.#statesIn = states.map(allocate);
    this.#statesOut = states.map(allocate);
    this.#tensors.clear();
  }

  #tensorsFor(rows: number): BatchTensors {
    const known = this.#tensors.get(rows);
    if (known) return known;
    const { contextSamples, windowSamples, states } = this.#shape;
    const view = (memory: Float32Array, dims: readonly number[]): Tensor =>
      new Tensor(
        'float32',
        memory.subarray(
          0,
          dims.reduce((a, b) => a * b),
        ),
        dims,
      );
    const feeds: Record<string, Tensor> = {
      input: view(this.#input, [rows, contextSamples + windowSamples]),
      sr: this.#rate,
    };
    const fetches: Record<string, Tensor> = { output: view(this.#output, [rows, 1]) };
    states.forEach(({ input, output, width }, s) => {
      feeds[input] = view(this.#statesIn[s] as Float32Array, [STATE_LAYERS, rows, width]);
      fetches[output] = view(this.#statesOut[s] as Float32Array, [STATE_LAYERS, rows, width]);
    });
    const tensors = { feeds, fetches };
    this.#tensors.set(rows, tensors);
    return tensors;
  }
}

/** A plain loop: for some hundred floats it beats making two views. */
function copy(from: Float32Array, fromAt: number, to: Float32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}
