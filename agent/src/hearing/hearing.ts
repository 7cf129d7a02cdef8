import type { VadModel, VadSettings } from '../contracts/index.ts';
import { createFrameProcessorGate } from './frame-processor-gate.ts';
import { SileroEngine } from './silero.ts';
import type { SileroVersion } from './silero-shape.ts';
import type { GateOptions, SpeechGate } from './speech-gate.ts';
import { createVadGate } from './vad-gate.ts';

interface Recipe {
  readonly version: SileroVersion;
  readonly gate: (model: VadModel, options: GateOptions) => SpeechGate;
}

const RECIPES: Readonly<Record<VadSettings['engine'], Recipe>> = {
  'silero-v6': { version: 'v6', gate: createVadGate },
  'silero-v4': { version: 'v4', gate: createFrameProcessorGate },
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
  const { version, gate } = RECIPES[engine];
  const silero = await SileroEngine.load({ version, signal });
  const gates = new Set<SpeechGate>();
  return {
    openGate(options) {
      const onClose = (): void => {
        gates.delete(opened);
        options.onClose?.();
      };
      const opened = gate(silero.open(), { ...options, onClose });
      gates.add(opened);
      return opened;
    },
    close() {
      for (const each of [...gates]) each.close();
      return silero.close();
    },
  };
}
