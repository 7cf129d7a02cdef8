import type { PcmFrame, ProviderError } from '../contracts/index.ts';

/** `starting`: maybe speech, not yet said so. `stopping`: silent, not yet for long enough. */
export type GateState = 'quiet' | 'starting' | 'speaking' | 'stopping';

/**
 * What a gate tells, in exact order: a state comes before the speech event it causes, and each frame is handed out at
 * most once, in a preroll or as a speech-frame. All `at` are ms on the media clock.
 */
export type GateEvent =
  | { readonly kind: 'state'; readonly state: GateState }
  /** `at`: the first speech sample, as best estimated. `preroll`: what was heard from some time before it to now. */
  | { readonly kind: 'speech-start'; readonly at: number; readonly preroll: readonly PcmFrame[] }
  /** Between a speech-start and its speech-end, the silence in and after the speech included. */
  | { readonly kind: 'speech-frame'; readonly frame: PcmFrame }
  /** `at`: the last speech sample, as best estimated. */
  | { readonly kind: 'speech-end'; readonly at: number }
  /** Once for each run of failures; the windows concerned count for nothing, the audio goes its way. */
  | { readonly kind: 'failed'; readonly error: ProviderError };

/** Hears where speech starts and ends in one caller's audio. */
export interface SpeechGate {
  readonly state: GateState;
  /** Of the window judged last, 0..1; 0 before any. */
  readonly probability: number;
  /** Frames lost because judging fell more than two seconds behind: the oldest go. */
  readonly dropped: number;
  /** Takes a 16 kHz frame of any length; the gate keeps it as it is. Throws RangeError for another rate. */
  push(frame: PcmFrame): void;
  /** Judges all that was pushed before, then ends speech that is under way; resolves when that is told. */
  flush(): Promise<void>;
  /** Forgets everything at once, without a speech-end: what was pushed before is neither judged nor told. */
  reset(): void;
  /** No event comes after this. May be called again. */
  close(): void;
}

export interface GateOptions {
  /** A listener that throws does not stop the gate: its error is thrown again on its own. */
  readonly onEvent: (event: GateEvent) => void;
  /** Called once, when the gate is closed, by whomever. */
  readonly onClose?: () => void;
  /** Silence that ends speech, in ms. */
  readonly silenceMs?: number;
  /** How much audio from before the onset comes with a speech-start, in ms. */
  readonly prerollMs?: number;
}

export const DEFAULT_SILENCE_MS = 250;
export const DEFAULT_PREROLL_MS = 400;
