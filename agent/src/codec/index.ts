// Opus both ways, resampling, framing and Opus in containers. Imports contracts and kernel only.
export * from './container.ts';
export * from './framer.ts';
export type { OpusDecoder, OpusDecoderOptions } from './opus-decoder.ts';
export { ENCODER_DEFAULTS, type OpusApplication, type OpusEncoder, type OpusEncoderOptions } from './opus-encoder.ts';
export * from './opus-error.ts';
export * from './opus-library.ts';
export type { Resampler, ResamplerOptions } from './resampler.ts';
export * from './toc.ts';
