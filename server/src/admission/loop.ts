import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop's delay is sampled, in ms. */
const RESOLUTION_MS = 20;

/** How late this thread's event loop is. */
export class LoopDelay {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.#loop.enable();
  }

  /** 95 of 100 times at most, since it was asked last, in ms. */
  take(): number {
    // The sampler reports whole intervals: what is above its own is delay.
    const lateMs = Math.max(0, this.#loop.percentile(95) / 1e6 - RESOLUTION_MS);
    this.#loop.reset();
    return lateMs;
  }

  close(): void {
    this.#loop.disable();
  }
}
