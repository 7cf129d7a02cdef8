import type { CallersJob, CallersResult } from './caller/process.ts';
import { Child } from './child.ts';

export interface CallLoad {
  /** At the same time, each in a room of its own. */
  readonly calls: number;
  readonly rounds: number;
  /** Of each call of a round. */
  readonly turns: number;
  /** The server's `agent` settings. */
  readonly agent: Readonly<Record<string, unknown>>;
  /** Absent for WebRTC. */
  readonly line?: CallersJob['line'];
}

const START_PATIENCE_MS = 30_000;
const CALLS_PATIENCE_MS = 200_000;

/** A fresh server with scripted engines, and callers in a process of their own, for one load. */
export async function measureCalls({ agent, ...load }: CallLoad): Promise<CallersResult> {
  const server = new Child(new URL('./server/process.ts', import.meta.url), ['scripted', JSON.stringify(agent)]);
  const callers = new Child(new URL('./caller/process.ts', import.meta.url));
  try {
    const { url } = await server.answer<{ url: string }>(START_PATIENCE_MS, 'the server');
    callers.tell({ url, interrupting: true, seed: load.calls, ...load } satisfies CallersJob);
    type Answer = { ok: true; result: CallersResult } | { ok: false; error: string };
    const answer = await callers.answer<Answer>(CALLS_PATIENCE_MS, 'the end of the calls');
    if (!answer.ok) throw new Error(answer.error);
    return answer.result;
  } finally {
    await callers.close();
    await server.close();
  }
}
