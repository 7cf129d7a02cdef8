// When a turn is over and when the caller takes the floor: pure verdicts on what is known. Imports contracts only.
export { type Completeness, completeness } from './completeness.ts';
export type { EndpointingInput, EndpointingKnobs, EndpointingPolicy } from './endpointing.ts';
export {
  type InterruptionKnobs,
  type InterruptionPolicy,
  type InterruptionVerdict,
  type Overlap,
  type OverlapWords,
  overlapWords,
} from './interruption.ts';
export { heardPause, noPauses, type PauseStats, typicalPauseMs } from './pause-stats.ts';
export {
  DEFAULT_KNOBS,
  DEFAULT_PRESET,
  PRESETS,
  type TurnKnobs,
  type TurnPolicies,
  turnPolicies,
} from './presets.ts';
