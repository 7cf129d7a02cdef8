import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { round1 } from '../stats.ts';
import type { Cost, ThreadProfile } from './profiler.ts';
import { Stage } from './stage.ts';

const FOLDER = new URL('../out/', import.meta.url);
const SETTLE_MS = 10_000;
const SHOWN = 15;

/** CPU and allocations of every thread at so many calls: files for developer tools, and who spent most. */
export async function profile(calls: number, ms: number, threads: number): Promise<ThreadProfile[]> {
  const stage = await Stage.open({ encrypted: 0, config: { agent: { threads } } });
  try {
    await stage.call(calls, 'converse');
    await pause(SETTLE_MS);
    await stage.startProfile();
    const { threads: cpu } = await stage.measure(ms);
    const profiles = await stage.stopProfile();
    console.log(`CPU by thread, % of a core: ${cpu.map((each) => `${each.name} ${round1(each.percent)}`).join(', ')}`);
    mkdirSync(FOLDER, { recursive: true });
    profiles.forEach((each, i) => {
      write(`capacity-${each.thread}-${i}.cpuprofile`, each.files.cpu);
      write(`capacity-${each.thread}-${i}.heapprofile`, each.files.heap);
      console.log(`\n${each.thread}: ${round1(each.busyPercent)} % busy at ${calls} calls; % of its busy time`);
      print(each.rooms);
      console.log('  by function');
      print(each.cpu);
      console.log(`${each.thread}: ${round1((each.allocatedMb * 1000) / ms)} MB a second allocated; % of that`);
      print(each.allocated);
    });
    return profiles;
  } finally {
    await stage.close();
  }
}

function write(name: string, text: string): void {
  const file = fileURLToPath(new URL(name, FOLDER));
  writeFileSync(file, text);
  console.log(`wrote ${file}`);
}

function print(costs: readonly Cost[]): void {
  for (const { what, percent } of costs.slice(0, SHOWN)) console.log(`  ${percent.toFixed(1).padStart(5)}  ${what}`);
}
