// The worker thread's entry: the engines of the settings, Silero, and calls until shutdown.
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineChoice } from '../contracts/index.ts';
import { createHearing } from '../hearing/index.ts';
import { loadEngines } from '../providers/index.ts';
import { loadTools } from '../tools/index.ts';
import type { HostData } from './messages.ts';
import { runHost } from './run.ts';
import { TurnModel } from './turn-model.ts';

if (!parentPort) throw new Error('this module runs on a worker thread');
const { engines: settings, tools } = workerData as HostData;
const stopping = new AbortController();
const { engine } = settings.vad;
const vad: EngineChoice = { stage: 'vad', engine, reason: 'bundled, set by engines.vad.engine', lite: false };
await runHost({
  port: parentPort,
  loadHearing: () => createHearing({ engine }),
  loadTools: (log) => loadTools(tools, { log, signal: stopping.signal }),
  loadEngines: async (log, tell) => {
    const engines = await loadEngines(settings, {
      env: process.env,
      signal: stopping.signal,
      log,
      onHealth: (health) => tell({ type: 'engine-health', health }),
      onFallback: (fallback) => {
        const { stage, from, to, reason } = fallback;
        log('warn', `the ${stage} engine ${from} failed (${reason}): ${to} took over`);
        tell({ type: 'engine-fallback', fallback });
      },
    });
    const turn = TurnModel.open(settings.turn, { env: process.env, log });
    return {
      ...engines,
      ...(turn ? { turn } : {}),
      choices: [vad, ...engines.choices],
      close: async () => void (await Promise.allSettled([engines.close(), turn?.close()])),
    };
  },
});
stopping.abort();
