import { Session } from 'node:inspector/promises';

/** A node of V8's CPU profile. */
interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
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
  /** By the room of the house for which it was done: what libraries and native code do counts for who called them. */
  readonly rooms: readonly Cost[];
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
    const { functions: times, rooms, idleUs } = selfTimes(cpu as CpuProfile);
    const wall = idleUs + sum(times);
    const bytes = new Map<string, number>();
    addBytes(heap.head as HeapNode, bytes);
    return {
      thread: this.#thread,
      busyPercent: (100 * sum(times)) / wall,
      rooms: shares(rooms),
      cpu: shares(times),
      allocated: shares(bytes),
      allocatedMb: sum(bytes) / 2 ** 20,
      files: { cpu: JSON.stringify(cpu), heap: JSON.stringify(heap) },
    };
  }
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

/** In us. Native code is nameless: it goes by its caller. */
function selfTimes({ nodes, samples = [], timeDeltas = [] }: CpuProfile): {
  readonly functions: Map<string, number>;
  readonly rooms: Map<string, number>;
  readonly idleUs: number;
} {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const parentOf = ({ id }: ProfileNode): ProfileNode | undefined => byId.get(parents.get(id) ?? -1);
  const [functions, rooms] = [new Map<string, number>(), new Map<string, number>()];
  let idleUs = 0;
  samples.forEach((id, i) => {
    const node = byId.get(id);
    const us = timeDeltas[i] ?? 0;
    if (!node) return;
    if (node.callFrame.functionName === '(idle)') {
      idleUs += us;
      return;
    }
    const caller = parentOf(node);
    const isNative = !node.callFrame.url && caller?.callFrame.url;
    add(functions, isNative ? `${nameOf(node.callFrame)} in ${nameOf(caller.callFrame)}` : nameOf(node.callFrame), us);
    add(rooms, roomOf(node, parentOf), us);
  });
  return { functions, rooms, idleUs };
}

function add(to: Map<string, number>, key: string, value: number): void {
  to.set(key, (to.get(key) ?? 0) + value);
}

const ROOM = /(?:agent|server|signaling|bench)\/(?:src\/)?[^/]+(?=\/)/;

/** Of the nearest caller that lies in the project. */
function roomOf(node: ProfileNode, parentOf: (node: ProfileNode) => ProfileNode | undefined): string {
  for (let each: ProfileNode | undefined = node; each; each = parentOf(each)) {
    const { url } = each.callFrame;
    const room = url.includes('node_modules') ? undefined : ROOM.exec(url)?.[0];
    if (room) return room;
  }
  return node.callFrame.functionName.startsWith('(') ? node.callFrame.functionName : '(libraries)';
}

function addBytes({ callFrame, selfSize, children }: HeapNode, bytes: Map<string, number>): void {
  const name = nameOf(callFrame);
  bytes.set(name, (bytes.get(name) ?? 0) + selfSize);
  for (const child of children) addBytes(child, bytes);
}

function nameOf({ functionName, url, lineNumber }: ProfileNode['callFrame']): string {
  const file = url.replace(/^.*node_modules\//, '').replace(/^file:.*\/(?=(agent|server|signaling|bench)\/)/, '');
  return url ? `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}` : functionName || '(native)';
}

const sum = (of: Map<string, number>): number => [...of.values()].reduce((a, b) => a + b, 0);

function shares(of: Map<string, number>): Cost[] {
  const all = sum(of);
  const sorted = [...of].sort(([, a], [, b]) => b - a).slice(0, TOP);
  return sorted.map(([what, value]) => ({ what, percent: (100 * value) / all }));
}
