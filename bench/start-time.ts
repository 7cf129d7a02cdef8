import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { within } from './within.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const START_PATIENCE_MS = 60_000;
const END_PATIENCE_MS = 8000;
const ASK_EVERY_MS = 10;

/** What `npm start` ends in, and the whole of it. */
export const STARTS = {
  main: [process.execPath, 'server/src/main.ts'],
  npm: ['npm', 'start'],
} as const;

/** Seconds from starting the program until `/healthz` answers; the server is ended then. */
export async function secondsToListening([program, ...args]: readonly [string, ...string[]]): Promise<number> {
  const [port, mediaPort] = [await freePort(), await freePort()];
  const begun = performance.now();
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...withoutKeys(process.env), PORT: String(port), PARLEY_MEDIA_PORT: String(mediaPort) },
    stdio: 'ignore',
    // A group of its own: npm does not hand every signal on.
    detached: true,
  });
  // The terminal's Ctrl-C does not reach it.
  const onInterrupt = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  try {
    return await within(START_PATIENCE_MS, `/healthz of ${program}`, healthy(child, port, begun));
  } finally {
    await end(child);
    process.removeListener('SIGINT', onInterrupt);
  }
}

async function healthy(child: ChildProcess, port: number, begun: number): Promise<number> {
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return (performance.now() - begun) / 1000;
    await pause(ASK_EVERY_MS);
  }
  throw new Error('the server ended before it listened');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const group = -child.pid;
  const exited = once(child, 'exit');
  process.kill(group, 'SIGTERM');
  await within(END_PATIENCE_MS, 'the end', exited).catch(() => {
    process.kill(group, 'SIGKILL');
    return exited;
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Engines in a cloud are not what is measured. */
function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, ...rest } = env;
  return rest;
}
