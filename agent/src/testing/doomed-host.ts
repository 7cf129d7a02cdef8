// A host thread that says it is ready and dies of its first message.
import { parentPort } from 'node:worker_threads';
import type { FromHost } from '../host/messages.ts';

parentPort?.on('message', () => {
  throw new Error('doomed');
});
parentPort?.postMessage({ type: 'ready', choices: [] } satisfies FromHost);
