import { type App, createApp } from './app.ts';
import { type Config, loadConfig } from './config/index.ts';
import { startedText } from './greeting.ts';
import { offerModels } from './offer-models.ts';
import { explainFailure } from './start-failure.ts';

/** Runs the server until a signal ends it. What keeps it from starting is said in one message, with exit code 1. */
export async function serve(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  let config: Config | undefined;
  // Whoever read along may leave (`npm start | head`); the calls go on.
  process.stdout.on('error', () => {});
  try {
    config = loadConfig({ directory, env });
    const app = createApp(config);
    const ending = new AbortController();
    endOnSignals(app, config.server.drainSeconds * 1000, ending);
    const started = await app.listen();
    if (isRead(config)) process.stdout.write(`${startedText(started)}\n`);
    else app.log.info(started, 'ready');
    void offerModels({ app, engines: config.engines, choices: started.engines, env, signal: ending.signal });
  } catch (error) {
    const explanation = explainFailure(error, config) ?? (error instanceof Error ? error.stack : String(error));
    process.stderr.write(`\n${explanation}\n\n`);
    process.exit(1);
  }
}

/**
 * SIGTERM comes from whoever runs the service: running calls may go on for `drainMs`. SIGINT comes from a person who
 * waits: they are told and end. A second signal ends the waiting, one more ends everything.
 */
function endOnSignals(app: App, drainMs: number, ending: AbortController): void {
  const hurry = new AbortController();
  let phase: 'serving' | 'draining' | 'closing' = 'serving';
  const end = async (ms: number): Promise<void> => {
    if (phase === 'closing') process.exit(1);
    if (phase === 'draining') return hurry.abort();
    phase = 'draining';
    ending.abort();
    await app.drain(ms, hurry.signal);
    phase = 'closing';
    app.log.info('closing; once more to quit at once');
    await app.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void end(0)).on('SIGTERM', () => void end(drainMs));
}

/** True where people read along. */
const isRead = ({ log }: Config): boolean => log.format === 'pretty' || (log.format === 'auto' && process.stdout.isTTY);
