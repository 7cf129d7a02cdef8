import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process has cost so far. Linux only. */
export interface Cost {
  /** User and system time of all its threads, in s. */
  readonly cpuS: number;
  readonly rssMb: number;
  readonly threads: number;
  /** Open files, sockets, pipes; without the embedded database's, which opens its tables as they are needed. */
  readonly handles: number;
}

/** Of `/proc`: USER_HZ, the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

export function costOf(pid: number): Cost {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    cpuS: cpuSeconds(`/proc/${pid}/stat`),
    rssMb: number('VmRSS') / 1024,
    threads: number('Threads'),
    handles: handlesOf(pid),
  };
}

const DATABASE = '/history/database/';

function handlesOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const isCounted = (name: string): boolean => {
    try {
      return !readlinkSync(`${folder}/${name}`).includes(DATABASE);
    } catch {
      return false; // closed meanwhile
    }
  };
  return readdirSync(folder).filter(isCounted).length;
}

/** CPU time of each thread so far, in s, by thread id and name. */
export function threadsOf(pid: number): Map<string, number> {
  return new Map(
    readdirSync(`/proc/${pid}/task`).flatMap((task) => {
      try {
        const name = readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim();
        return [[`${name} ${task}`, cpuSeconds(`/proc/${pid}/task/${task}/stat`)] as const];
      } catch {
        return []; // ended meanwhile
      }
    }),
  );
}

function cpuSeconds(file: string): number {
  const stat = readFileSync(file, 'utf8');
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
