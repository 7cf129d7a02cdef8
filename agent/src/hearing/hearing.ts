import type { VadModel, VadSettings } from '../contracts/index.ts';
import { createFrameProcessorGate } from './frame-processor-gate.ts';
import { SileroEngine } from './silero.ts';
import type { GateOptions, SpeechGate } from './speech-gate.ts';
import { createVadGate } from './vad-gate.ts';
import { WebrtcEngine } from './webrtc.ts';

/** One model for all streams of a thread. */
export interface VadEngine {
  readonly windowSamples: number;
  /** A stream of its own. Throws VadClosed after `close`. */
  open(): VadModel;
  /** Closes every stream, too. */
  close(): Promise<void>;
}

export interface VadRecipe {
  readonly load: (signal?: AbortSignal) => Promise<VadEngine>;
  /** The gate that knows how this engine's answers are to be read. */
  readonly gate: (model: VadModel, options: GateOptions) => SpeechGate;
}

export const VAD_RECIPES: Readonly<Record<VadSettings['engine'], VadRecipe>> = {
  'silero-v6': { load: (signal) => SileroEngine.load({ version: 'v6', signal }), gate: createVadGate },
  'silero-v4': { load: (signal) => SileroEngine.load({ version: 'v4', signal }), gate: createFrameProcessorGate },
  webrtc: { load: (signal) => WebrtcEngine.load({ signal }), gate: createVadGate },
};

/** Which is used unless another is named; docs/adr/0005 says why. */
export const DEFAULT_VAD_ENGINE: VadSettings['engine'] = 'silero-v6';

export interface HearingOptions {
  readonly engine?: VadSettings['engine'];
  readonly signal?: AbortSignal;
}

/** The ears of one thread: one model, a gate for each caller. */
export interface Hearing {
  /** Throws VadClosed after `close`. */
  openGate(options: GateOptions): SpeechGate;
  /** Closes every gate and the model; the same promise every time. */
  close(): Promise<void>;
}

/** Loads the model. Throws ProviderError, or the signal's reason when aborted. */
export async function createHearing({ engine = DEFAULT_VAD_ENGINE, signal }: HearingOptions = {}): Promise<Hearing> {
  const { load, gate } = VAD_RECIPES[engine];
  const model = await load(signal);
  const gates = new Set<SpeechGate>();
  return {
    openGate(options) {
      const onClose = (): void => {
        gates.delete(opened);
        options.onClose?.();
      };
      const opened = gate(model.open(), { ...options, onClose });
      gates.add(opened);
      return opened;
    },
    close() {
      for (const each of [...gates]) each.close();
      return model.close();
    },
  };
}
