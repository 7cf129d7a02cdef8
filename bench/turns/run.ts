import { setTimeout as pause } from 'node:timers/promises';
import { Child } from '../child.ts';
import { within } from '../within.ts';
import type { FromCallers, Job, ServerUnderTest, Trial } from './jobs.ts';
import type { TurnsEngines } from './thread.ts';
import type { EngineNote } from './timeline.ts';

/** Without `servers`, of each kind of job: those are started for it. */
type JobPlan = Job extends infer Each ? (Each extends Job ? Omit<Each, 'servers'> : never) : never;

export interface ServerPlan {
  readonly name: string;
  /** The server's `agent` settings. */
  readonly agent: Readonly<Record<string, unknown>>;
  readonly engines: TurnsEngines;
}

export interface Outcome {
  readonly trials: readonly Trial[];
  readonly notes: readonly (EngineNote & { readonly server: string })[];
  /** The text of each server's `/metrics` after the calls. */
  readonly metrics: Readonly<Record<string, string>>;
}

/** Nothing is said first, and no bridge or watchdog speaks between: only what a trial causes is heard. */
const QUIET_AGENT = { greeting: '', silenceWatchdogMs: 0, toolFillerMs: 0, idlePromptMs: 0 };
const START_PATIENCE_MS = 30_000;
const CALLS_PATIENCE_MS = 300_000;
/** Notes of the engines come after the callers' last word, in ms. */
const NOTES_MS = 50;

/** Fresh servers, and callers in a process of their own, for one job. */
export async function runJob(job: JobPlan, plans: readonly ServerPlan[]): Promise<Outcome> {
  const module = new URL('./server.ts', import.meta.url);
  const started = plans.map(({ name, agent, engines }) => {
    const args = [JSON.stringify({ ...QUIET_AGENT, ...agent }), JSON.stringify(engines)];
    return { name, child: new Child(module, args) };
  });
  const callers = new Child(new URL('./callers.ts', import.meta.url));
  const notes: Outcome['notes'][number][] = [];
  try {
    const servers: ServerUnderTest[] = [];
    for (const { name, child } of started) {
      const { url } = await child.answer<{ url: string }>(START_PATIENCE_MS, `the server ${name}`);
      child.hear((message) => notes.push({ ...(message as { note: EngineNote }).note, server: name }));
      servers.push({ name, url });
    }
    const trials = await within(
      CALLS_PATIENCE_MS,
      'the end of the calls',
      finished(callers, started, { ...job, servers }),
    );
    await pause(NOTES_MS);
    const metrics: Record<string, string> = {};
    for (const { name, url } of servers) metrics[name] = await (await fetch(new URL('/metrics', url))).text();
    return { trials, notes, metrics };
  } finally {
    await callers.close();
    await Promise.all(started.map(({ child }) => child.close()));
  }
}

/** Starts the callers; passes what they say on to the recogniser of the server that hears it. */
function finished(
  callers: Child,
  servers: readonly { readonly name: string; readonly child: Child }[],
  job: Job,
): Promise<readonly Trial[]> {
  return new Promise((resolve, reject) => {
    callers.hear((message) => {
      const told = message as FromCallers;
      if ('truth' in told) servers.find(({ name }) => name === told.server)?.child.tell(told.truth);
      else if ('trials' in told) resolve(told.trials);
      else reject(new Error(told.error));
    });
    callers.tell(job);
    callers.ended.then(() => reject(new Error('the callers ended without an answer')), reject);
  });
}
