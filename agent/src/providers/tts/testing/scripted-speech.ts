import type { ProviderFailure } from '../../../contracts/index.ts';
import { sine } from '../../../testing/index.ts';

/** What a scripted speech service does with a text. `after`: pieces of audio that it still sends. */
export type SpeechScript =
  | { readonly kind: 'speak' }
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'break-off'; readonly after: number }
  | { readonly kind: 'rubbish' }
  | { readonly kind: 'refuse'; readonly as: ProviderFailure };

/** One text that a double was asked to speak. */
export interface SpeechAsked {
  readonly text: string;
  /** The request as it came, for what is particular to the service. */
  readonly details: Record<string, unknown>;
  /** Never rejects. */
  readonly ended: Promise<'answered' | 'hung-up'>;
}

/** A speech service on this machine, scripted. */
export interface SpeechDouble {
  script: SpeechScript;
  readonly asked: readonly SpeechAsked[];
  close(): Promise<void>;
}

export const SPOKEN_MS = 600;
export const PIECE_MS = 100;

/** The text whose speech is a tone of this height. */
export const textOf = (hz: number): string => `Say this at ${hz} hertz.`;

/** The tone for a text, in pieces. */
export function piecesFor(text: string, rate: number): Int16Array[] {
  const tone = sine(Number(/(\d+) hertz/.exec(text)?.[1] ?? 220), rate, (SPOKEN_MS * rate) / 1000, 8000);
  const step = (PIECE_MS * rate) / 1000;
  return Array.from({ length: SPOKEN_MS / PIECE_MS }, (_, i) => tone.subarray(i * step, (i + 1) * step));
}

/** Height of a tone, from its crossings of zero. */
export function hzOf(samples: Int16Array, rate: number): number {
  let crossings = 0;
  for (let i = 1; i < samples.length; i++)
    if ((samples[i - 1] as number) < 0 && (samples[i] as number) >= 0) crossings++;
  return (crossings * rate) / samples.length;
}
