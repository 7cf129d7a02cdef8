// Signals and start.
import { createApp } from './app.ts';
import { type Config, loadConfig } from './config/index.ts';
import { startedText } from './greeting.ts';
import { explainFailure } from './start-failure.ts';

let config: Config | undefined;
try {
  config = loadConfig({ directory: process.cwd(), env: process.env });
  const app = createApp(config);
  let ending = false;
  const end = async (): Promise<void> => {
    // Whoever asks twice means now.
    if (ending) process.exit(1);
    ending = true;
    await app.close();
    process.exit(0);
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  const started = await app.listen();
  if (process.stdout.isTTY || config.log.format === 'pretty') process.stdout.write(`${startedText(started)}\n`);
  else app.log.info(started, 'ready');
} catch (error) {
  const explanation = explainFailure(error, config) ?? (error instanceof Error ? error.stack : String(error));
  process.stderr.write(`\n${explanation}\n\n`);
  process.exit(1);
}
