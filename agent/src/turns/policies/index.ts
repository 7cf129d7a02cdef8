// When a turn is over, when the caller takes the floor and whether the agent is meant: pure verdicts on what is known.
// Imports contracts only.
export { type AddressInput, isAddressed } from './address.ts';
export { type AnswerInput, FOLLOW_UP_MS, mustAnswer } from './answer-rule.ts';
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
