import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Clock } from '../kernel/index.ts';
import type { HostPace } from './contract.ts';

/** How often a host tells how it keeps up, in ms. */
const EACH_MS = 1000;
/** How often the loop's delay is sampled, in ms. */
const RESOLUTION_MS = 10;

/** Tells each second how this thread keeps up, until the returned function is called. */
export function watchPace(clock: Clock, tell: (pace: HostPace) => void): () => void {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let before = performance.eventLoopUtilization();
  let cancel = (): void => {};
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    // The sampler reports whole intervals: what is above its own is delay.
    const lateMs = Math.max(0, loop.percentile(95) / 1e6 - RESOLUTION_MS);
    tell({ busy: performance.eventLoopUtilization(now, before).utilization, lateMs });
    before = now;
    loop.reset();
    cancel = clock.after(EACH_MS, look);
  };
  loop.enable();
  cancel = clock.after(EACH_MS, look);
  return () => {
    cancel();
    loop.disable();
  };
}
