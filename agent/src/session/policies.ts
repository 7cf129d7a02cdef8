import type { SessionSettings } from '../contracts/index.ts';
import { type TurnPolicies, turnPolicies } from '../turns/index.ts';

type Settings = Pick<SessionSettings, 'turnPreset' | 'endpointingMs' | 'interruptionMs'>;

/** The preset's strategies; a fixed length in the settings stands for all that they would weigh. */
export function policiesOf({ turnPreset, endpointingMs, interruptionMs }: Settings): TurnPolicies {
  return turnPolicies(turnPreset, {
    finishedSilenceMs: endpointingMs,
    openSilenceMs: endpointingMs,
    unfinishedSilenceMs: endpointingMs,
    spellingSilenceMs: endpointingMs,
    wordlessSilenceMs: endpointingMs,
    minSilenceMs: endpointingMs,
    maxSilenceMs: endpointingMs,
    oneWordFloorMs: interruptionMs,
    wordlessFloorMs: interruptionMs,
    backchannelFloorMs: interruptionMs,
  });
}
