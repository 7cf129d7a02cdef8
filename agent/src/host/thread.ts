// The worker thread's entry: the engines of the settings, Silero, and calls until shutdown.
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineSettings } from '../contracts/index.ts';
import { createHearing } from '../hearing/index.ts';
import { loadEngines } from '../providers/index.ts';
import { runHost } from './run.ts';

if (!parentPort) throw new Error('this module runs on a worker thread');
const settings = workerData as EngineSettings;
const stopping = new AbortController();
await runHost({
  port: parentPort,
  loadHearing: () => createHearing({ engine: settings.vad.engine }),
  loadEngines: (log) => loadEngines(settings, { env: process.env, signal: stopping.signal, log }),
});
stopping.abort();
