import type { Answer, Request } from './messages.ts';

/** What a child does with its model. */
export interface Engine {
  /** Of requests that it does not know (any more), nothing is done. */
  take(request: Exclude<Request, { type: 'load' }>): void;
}

export type Tell = (answer: Answer) => void;

/** Of 16-bit samples, as sherpa-onnx wants them. */
export function toFloats(samples: Int16Array): Float32Array {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) floats[i] = (samples[i] as number) / 32768;
  return floats;
}

export function toInt16(floats: Float32Array): Int16Array {
  const samples = new Int16Array(floats.length);
  for (let i = 0; i < floats.length; i++) {
    samples[i] = Math.max(-32768, Math.min(32767, Math.round((floats[i] as number) * 32767)));
  }
  return samples;
}

/** Streams are freed when garbage is collected, which V8 knows no reason for: they are small to it. */
const COLLECT_AFTER = 16;
let streams = 0;

/** One stream more may be freed. */
export function released(): void {
  if (++streams % COLLECT_AFTER === 0) globalThis.gc?.();
}
