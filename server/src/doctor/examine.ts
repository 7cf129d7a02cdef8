import { modelsFolder } from '@parley/agent';
import { type Config, ConfigError, dataFolder, type LoadOptions, loadConfig } from '../config/index.ts';
import type { RoomRouter } from '../media/index.ts';
import type { Logger } from '../observe/index.ts';
import { checkEngines } from './engines.ts';
import { checkAnnounced, checkHttps } from './exposure.ts';
import { Finder, type Finding } from './finding.ts';
import { checkFolder } from './folders.ts';
import { checkClock, checkFiles, checkNode } from './machine.ts';
import { checkHttpPort, checkMedia, knockAt } from './ports.ts';

export interface Examination extends LoadOptions {
  readonly log: Logger;
  /** A web server that tells the time. */
  readonly clockUrl: string;
}

/** Everything, in the order in which it matters. Calls that run are not touched. */
export async function examine({ log, clockUrl, ...where }: Examination): Promise<Finding[]> {
  const machine = [checkNode(), checkFiles()];
  const config = configured(where);
  if ('verdict' in config) return [...machine, config];
  const { finding, serving } = await checkHttpPort(config);
  return [
    ...machine,
    new Finder('configuration').ok('holds'),
    ...checkFolders(config, where.env),
    finding,
    ...(await checkMedia(config, serving, log)),
    await checkAnnounced(config),
    checkHttps(config),
    ...(await checkEngines(config)),
    await checkClock(clockUrl),
  ];
}

/** What a start looks at, by the media port that it has; nothing of it holds anybody up. */
export async function examineStarted(
  config: Config,
  env: NodeJS.ProcessEnv,
  createRouter: () => Promise<RoomRouter>,
): Promise<Finding[]> {
  const quick = [checkFiles(), ...checkFolders(config, env), checkHttps(config)];
  try {
    const router = await createRouter();
    const knocked = await knockAt(router, config).finally(() => router.close());
    return [...quick, await checkAnnounced(config), ...knocked];
  } catch {
    // The server ends already, or its worker has died, which is said elsewhere.
    return quick;
  }
}

function checkFolders({ server }: Config, env: NodeJS.ProcessEnv): Finding[] {
  const data = { check: 'data folder', variable: 'PARLEY_DATA', leastMb: 50, enoughMb: 500 };
  const models = { check: 'models folder', variable: 'PARLEY_MODELS_DIR', leastMb: 0, enoughMb: 2000 };
  return [
    checkFolder({ ...data, path: dataFolder(server.dataDir) }),
    checkFolder({ ...models, path: modelsFolder(env) }),
  ];
}

function configured(where: LoadOptions): Config | Finding {
  try {
    return loadConfig(where);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return new Finder('configuration').failed(
      error.message,
      'Correct what is named; docs/configuration.md has all keys.',
    );
  }
}
