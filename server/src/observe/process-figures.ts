import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';

/** How often the event loop's delay is sampled, in ms. */
const LOOP_RESOLUTION_MS = 10;

/** How the process itself is: late, large, busy. The function returned ends the sampling. */
export function watchProcess(registry: Registry): () => void {
  const registers = [registry];
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  new Gauge({
    name: 'parley_event_loop_delay_milliseconds',
    help: 'Delay of the event loop since the last scrape.',
    labelNames: ['quantile'],
    registers,
    collect() {
      // The sampler reports whole intervals: what is above its own is delay.
      const delay = (ns: number): number => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS);
      this.set({ quantile: '0.5' }, delay(loop.percentile(50)));
      this.set({ quantile: '0.99' }, delay(loop.percentile(99)));
      this.set({ quantile: '1' }, delay(loop.max));
      loop.reset();
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the server process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the server process, threads included.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  return () => void loop.disable();
}
