import { setFlagsFromString } from 'node:v8';
import type { WorkerOptions } from 'node:worker_threads';

/**
 * A thread that hears and speaks makes much that lives for a moment. V8 takes its buffers for a heap that grows, and
 * walks all of it each second, for up to 65 ms: below this size, in MB, it need not.
 */
const CALM_HEAP_MB = 128;
/** A third of it is collected at once, in MB: in 2 to 4 ms, where the usual size takes up to 20. */
const YOUNG_MB = 24;

/** For the threads that are started from now on. */
export function momentaryHeap(): Required<Pick<WorkerOptions, 'resourceLimits'>> {
  setFlagsFromString(`--initial-old-space-size=${CALM_HEAP_MB}`);
  return { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } };
}
