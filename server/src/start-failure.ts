import { AccessError } from './access/index.ts';
import type { Config } from './config/index.ts';
import { ConfigError } from './config/index.ts';
import { MediaError } from './media/index.ts';

/** What to say where the start failed for a reason that people can mend; undefined for anything else. */
export function explainFailure(error: unknown, config: Config | undefined): string | undefined {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AccessError) return error.message;
  if (error instanceof MediaError) return explainMedia(error, config);
  const { code, syscall } = error as { code?: string; syscall?: string };
  if (syscall === 'listen' && config) return explainListen(code, config.server);
  return undefined;
}

function explainMedia(error: MediaError, config: Config | undefined): string | undefined {
  switch (error.reason) {
    case 'no-worker-binary':
      return `${sentence(error.message)}\nRun \`npm run setup\` to get it.`;
    case 'port-in-use': {
      const other = (config?.media.port ?? 0) + 100;
      return `${sentence(error.message)}\nStop that program, or choose another port: media.port in config.yaml, or PARLEY_MEDIA_PORT=${other}.`;
    }
    case 'address-unavailable':
      return `${sentence(error.message)}\nCheck media.listen and media.port (PARLEY_MEDIA_LISTEN, PARLEY_MEDIA_PORT).`;
    case 'unavailable':
      return `${sentence(error.message)}\nRun \`npm run setup\` to get a worker that runs on this machine.`;
    default:
      return undefined;
  }
}

function explainListen(code: string | undefined, { host, port }: Config['server']): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use by another program.\nStop it, or choose another port: server.port in config.yaml, or PORT=${port + 1}.`;
    case 'EACCES':
      return `This user may not listen on port ${port}.\nChoose one above 1023: server.port in config.yaml, or PORT=8000.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}.\nCheck server.host in config.yaml and the variable HOST; 0.0.0.0 means all addresses.`;
    default:
      return `Cannot listen on ${host}:${port} (${code}).\nCheck server.host and server.port.`;
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
