import { Session } from 'node:inspector/promises';

/** A node of V8's CPU profile. */
interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** Where the bytes of V8's allocation profile were asked for. */
interface HeapNode {
  readonly callFrame: ProfileNode['callFrame'];
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

export interface Cost {
  readonly what: string;
  /** Of the thread's own samples: idle time is not among them. */
  readonly percent: number;
}

export interface ThreadProfile {
  readonly thread: string;
  /** Of the wall time. */
  readonly busyPercent: number;
  readonly cpu: readonly Cost[];
  readonly allocated: readonly Cost[];
  readonly allocatedMb: number;
  /** JSON of a `.cpuprofile` and a `.heapprofile`, as browsers' developer tools open them. */
  readonly files: { readonly cpu: string; readonly heap: string };
}

const SAMPLE_US = 500;
const SAMPLE_BYTES = 16_384;
const TOP = 25;

/** CPU and allocations of one thread, by the function that spent them. */
export class Profiler {
  readonly #thread: string;
  readonly #session = new Session();

  constructor(thread: string) {
    this.#thread = thread;
  }

  async start(): Promise<void> {
    const session = this.#session;
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: SAMPLE_BYTES,
      // What was thrown away is what costs.
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    } as object);
    await session.post('Profiler.start');
  }

  async stop(): Promise<ThreadProfile> {
    const { profile: cpu } = await this.#session.post('Profiler.stop');
    const { profile: heap } = await this.#session.post('HeapProfiler.stopSampling');
    this.#session.disconnect();
    const times = selfTimes(cpu as Parameters<typeof selfTimes>[0]);
    const idle = times.get('(idle)') ?? 0;
    times.delete('(idle)');
    const wall = idle + sum(times);
    const bytes = new Map<string, number>();
    addBytes(heap.head as HeapNode, bytes);
    return {
      thread: this.#thread,
      busyPercent: (100 * sum(times)) / wall,
      cpu: shares(times),
      allocated: shares(bytes),
      allocatedMb: sum(bytes) / 2 ** 20,
      files: { cpu: JSON.stringify(cpu), heap: JSON.stringify(heap) },
    };
  }
}

/** In us, by function. */
function selfTimes(profile: {
  readonly nodes: readonly ProfileNode[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}): Map<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  profile.samples?.forEach((id, i) => {
    const name = names.get(id) ?? '(unknown)';
    times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas?.[i] ?? 0));
  });
  return times;
}

function addBytes({ callFrame, selfSize, children }: HeapNode, bytes: Map<string, number>): void {
  const name = nameOf(callFrame);
  bytes.set(name, (bytes.get(name) ?? 0) + selfSize);
  for (const child of children) addBytes(child, bytes);
}

function nameOf({ functionName, url, lineNumber }: ProfileNode['callFrame']): string {
  const file = url.replace(/^.*node_modules\//, '').replace(/^file:.*\/(?=(agent|server|signaling|bench)\/)/, '');
  return url ? `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}` : functionName;
}

const sum = (of: Map<string, number>): number => [...of.values()].reduce((a, b) => a + b, 0);

function shares(of: Map<string, number>): Cost[] {
  const all = sum(of);
  const sorted = [...of].sort(([, a], [, b]) => b - a).slice(0, TOP);
  return sorted.map(([what, value]) => ({ what, percent: (100 * value) / all }));
}
