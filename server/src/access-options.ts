import type { AccessOptions } from './access/index.ts';
import { type Config, dataFolder } from './config/index.ts';
import type { Clock, Logger } from './observe/index.ts';

/** Who may come in, as the configuration says. */
export function accessOptions(config: Config, { log, clock }: { log: Logger; clock: Clock }): AccessOptions {
  const { server, access, limits } = config;
  return {
    folder: dataFolder(server.dataDir),
    secret: access.secret,
    demo: access.demo,
    demoPassphrase: access.demoPassphrase,
    reachableAt: access.bind ?? server.host,
    published: access.bind,
    proxies: Number(server.trustProxy),
    apiToken: server.apiToken,
    apiKeys: access.apiKeys,
    tokenTtlSeconds: Math.round(access.tokenMinutes * 60),
    allowedOrigins: server.allowedOrigins,
    limits,
    log,
    clock,
  };
}
