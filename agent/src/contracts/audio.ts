/** A run of mono PCM. `at` is the media clock of the first sample, in ms since the stream began. */
export interface PcmFrame {
  readonly samples: Int16Array;
  /** Hz. */
  readonly rate: number;
  readonly at: number;
}

/** Rates that Opus encodes from and decodes to without a resampler, in Hz. */
export const OPUS_RATES = [8000, 12000, 16000, 24000, 48000] as const;
export type OpusRate = (typeof OPUS_RATES)[number];

/** What the agent hears at, in Hz: Opus decodes straight to it, VAD and ASR take it as it is. */
export const HEARING_RATE = 16000;

/** Length of one RTP packet's audio in both directions, in ms. */
export const FRAME_MS = 20;

export const isOpusRate = (rate: number): rate is OpusRate => (OPUS_RATES as readonly number[]).includes(rate);

/** Length of `samples` mono samples at `rate` Hz, in ms. */
export const durationMs = (samples: number, rate: number): number => (samples * 1000) / rate;

/** All of them, one after another. */
export function concatSamples(chunks: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
