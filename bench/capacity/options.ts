import { parseArgs } from 'node:util';

export interface CapacityOptions {
  /** Numbers of calls that are tried, rising. */
  readonly steps: readonly number[];
  /** Each step is measured for so long, in ms. */
  readonly stepMs: number;
  /** How many calls are in each state while their CPU is measured, and for how long, in ms. */
  readonly costCalls: number;
  readonly costMs: number;
  /** How many calls there are, in turn, while their memory is measured. */
  readonly memoryCalls: readonly number[];
  /** So many callers come by WebRTC. */
  readonly encrypted: number;
  readonly peer: boolean;
  /** Only the peer. */
  readonly peerOnly: boolean;
  readonly peerSessions: readonly number[];
  readonly peerMs: number;
  /** Only a profile at so many calls. */
  readonly profileCalls: number | undefined;
  /** Threads of the server that hear and speak. */
  readonly threads: number;
}

const STEPS = [10, 20, 40, 60, 80, 100, 120, 140, 160, 200, 240];
const DEFAULT_PROFILE_CALLS = '20';

/** Of the command line; see docs/capacity.md. */
export function capacityOptions(args = process.argv.slice(2)): CapacityOptions {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean' },
      quick: { type: 'boolean' },
      peer: { type: 'boolean' },
      'peer-only': { type: 'boolean' },
      profile: { type: 'boolean' },
      calls: { type: 'string', default: DEFAULT_PROFILE_CALLS },
      threads: { type: 'string', default: '1' },
      steps: { type: 'string' },
      sessions: { type: 'string' },
    },
  });
  const { quick = false } = values;
  const steps = values.steps?.split(',').map(Number) ?? (quick ? [4, 8] : STEPS);
  return {
    steps,
    stepMs: quick ? 10_000 : 30_000,
    costCalls: quick ? 8 : 20,
    costMs: quick ? 6000 : 20_000,
    memoryCalls: quick ? [4, 8, 16] : [10, 20, 40, 60],
    encrypted: quick ? 1 : 4,
    peer: values.peer === true || values['peer-only'] === true,
    peerOnly: values['peer-only'] === true,
    peerSessions: values.sessions?.split(',').map(Number) ?? (quick ? [1, 4] : [1, 10, 15, 25]),
    peerMs: quick ? 20_000 : 60_000,
    profileCalls: values.profile ? Number(values.calls) : undefined,
    threads: Number(values.threads),
  };
}
