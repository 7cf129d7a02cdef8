import { createApp } from './app.ts';
import { type Config, loadConfig } from './config/index.ts';
import { startedText } from './greeting.ts';
import { explainFailure } from './start-failure.ts';

/** Runs the server until a signal ends it. What keeps it from starting is said in one message, with exit code 1. */
export async function serve(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  let config: Config | undefined;
  // Whoever read along may leave (`npm start | head`); the calls go on.
  process.stdout.on('error', () => {});
  try {
    config = loadConfig({ directory, env });
    const app = createApp(config);
    let ending = false;
    const end = async (): Promise<void> => {
      // Whoever asks twice means now.
      if (ending) process.exit(1);
      ending = true;
      app.log.info('closing; once more to quit at once');
      await app.close();
      process.exit(0);
    };
    process.on('SIGINT', end).on('SIGTERM', end);
    const started = await app.listen();
    if (isRead(config)) process.stdout.write(`${startedText(started)}\n`);
    else app.log.info(started, 'ready');
  } catch (error) {
    const explanation = explainFailure(error, config) ?? (error instanceof Error ? error.stack : String(error));
    process.stderr.write(`\n${explanation}\n\n`);
    process.exit(1);
  }
}

/** True where people read along. */
const isRead = ({ log }: Config): boolean => log.format === 'pretty' || (log.format === 'auto' && process.stdout.isTTY);
