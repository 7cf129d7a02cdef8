import type { TurnPreset } from '../../contracts/index.ts';
import { type EndpointingKnobs, EndpointingPolicy } from './endpointing.ts';
import { type InterruptionKnobs, InterruptionPolicy } from './interruption.ts';

/** Every knob of turn-taking. What each does, with examples: docs/turn-taking.md. */
export type TurnKnobs = EndpointingKnobs & InterruptionKnobs;

/** The preset `balanced`: the one place of all defaults. */
export const DEFAULT_KNOBS: TurnKnobs = {
  finishedSilenceMs: 320,
  openSilenceMs: 550,
  unfinishedSilenceMs: 1300,
  spellingSilenceMs: 1600,
  wordlessSilenceMs: 700,
  unsettledExtraMs: 120,
  minSilenceMs: 250,
  maxSilenceMs: 2800,
  usualPauseMs: 500,
  minPaceFactor: 0.8,
  maxPaceFactor: 1.6,
  minModelFactor: 0.5,
  maxModelFactor: 3,
  holdAfterMs: 80,
  oneWordFloorMs: 450,
  wordlessFloorMs: 1000,
  backchannelFloorMs: 1800,
  resumeSilenceMs: 300,
  transcriptWaitMs: 1800,
  likelySpeechMs: 500,
};

/** How a preset differs from the defaults. */
export const PRESETS = {
  /** For people who think aloud, dictate, or are disturbed by a voice that stops at each `mm-hmm`. */
  patient: {
    finishedSilenceMs: 600,
    openSilenceMs: 900,
    unfinishedSilenceMs: 1900,
    spellingSilenceMs: 2400,
    wordlessSilenceMs: 1100,
    unsettledExtraMs: 200,
    minSilenceMs: 400,
    maxSilenceMs: 4000,
    maxPaceFactor: 1.8,
    holdAfterMs: 200,
    oneWordFloorMs: 600,
    wordlessFloorMs: 1400,
    backchannelFloorMs: 2500,
    transcriptWaitMs: 2200,
  },
  balanced: {},
  /** For short commands in a quiet place. */
  quick: {
    finishedSilenceMs: 250,
    openSilenceMs: 400,
    unfinishedSilenceMs: 900,
    spellingSilenceMs: 1200,
    wordlessSilenceMs: 500,
    unsettledExtraMs: 60,
    minSilenceMs: 200,
    maxSilenceMs: 1800,
    maxPaceFactor: 1.3,
    holdAfterMs: 60,
    oneWordFloorMs: 350,
    wordlessFloorMs: 700,
    backchannelFloorMs: 1400,
    transcriptWaitMs: 1200,
  },
} as const satisfies Record<TurnPreset, Partial<TurnKnobs>>;

export const DEFAULT_PRESET: TurnPreset = 'balanced';

/** Strategies of one conversation. They keep no state: one set serves any number of conversations. */
export interface TurnPolicies {
  readonly knobs: TurnKnobs;
  readonly endpointing: EndpointingPolicy;
  readonly interruption: InterruptionPolicy;
}

/** A preset with single knobs changed. Throws RangeError for a knob that is no finite positive number, or upside down. */
export function turnPolicies(
  preset: TurnPreset = DEFAULT_PRESET,
  overrides: { readonly [K in keyof TurnKnobs]?: TurnKnobs[K] | undefined } = {},
): TurnPolicies {
  const set = Object.entries(overrides).filter(([, value]) => value !== undefined);
  const knobs: TurnKnobs = { ...DEFAULT_KNOBS, ...PRESETS[preset], ...Object.fromEntries(set) };
  check(knobs);
  return { knobs, endpointing: new EndpointingPolicy(knobs), interruption: new InterruptionPolicy(knobs) };
}

function check(knobs: TurnKnobs): void {
  for (const [name, value] of Object.entries(knobs)) {
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${name} must be a number of 0 or more: ${value}`);
  }
  const { usualPauseMs, minSilenceMs, maxSilenceMs, minPaceFactor, maxPaceFactor } = knobs;
  if (usualPauseMs === 0) throw new RangeError('usualPauseMs must be more than 0');
  if (minSilenceMs > maxSilenceMs) throw new RangeError('minSilenceMs must not exceed maxSilenceMs');
  if (minPaceFactor > maxPaceFactor) throw new RangeError('minPaceFactor must not exceed maxPaceFactor');
  if (knobs.minModelFactor > 1 || knobs.maxModelFactor < 1) {
    throw new RangeError('minModelFactor must be at most 1, maxModelFactor at least 1');
  }
}
