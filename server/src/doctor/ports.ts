import { once } from 'node:events';
import { createServer } from 'node:net';
import * as z from 'zod';
import type { Config } from '../config/index.ts';
import { announcedAddresses, MediaWorkers, probeMedia, type RoomRouter, reachable } from '../media/index.ts';
import type { Logger } from '../observe/index.ts';
import { explainFailure } from '../start-failure.ts';
import { Finder, type Finding } from './finding.ts';

const PATIENCE_MS = 3000;
const readiness = z.object({ ready: z.boolean(), media: z.boolean(), agents: z.boolean() });

export type Serving = 'nobody' | 'parley' | 'another';

/** Who has the HTTP port. */
export async function checkHttpPort(config: Config): Promise<{ finding: Finding; serving: Serving }> {
  const { host, port } = config.server;
  const find = new Finder('HTTP port');
  const busy = await listenOnce(host, port);
  if (!busy) return { finding: find.ok(`${port} on ${host} is free`), serving: 'nobody' };
  if (busy.code === 'EADDRINUSE') {
    const ready = await readinessAt(host, port);
    if (ready?.ready)
      return { finding: find.ok(`${port}: Parley is serving there and takes calls`), serving: 'parley' };
    if (ready) {
      const what = ready.media ? (ready.agents ? 'it is about to end' : 'agents are down') : 'media is down';
      const fix = 'Its log says why; restart it.';
      return {
        finding: find.failed(`${port}: Parley is serving there but takes no calls: ${what}`, fix),
        serving: 'parley',
      };
    }
  }
  return { finding: explained(find, busy, config), serving: 'another' };
}

async function listenOnce(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    server.close();
  }
}

async function readinessAt(host: string, port: number): Promise<z.infer<typeof readiness> | undefined> {
  const name =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' || host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
  try {
    const answer = await fetch(`http://${name}:${port}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return readiness.parse(await answer.json());
  } catch {
    return undefined;
  }
}

/** Media under loopback and under the announced address: by real packets where the port is ours to take. */
export async function checkMedia(config: Config, serving: Serving, log: Logger): Promise<Finding[]> {
  const find = new Finder('media port');
  const { port } = config.media;
  if (serving === 'parley') {
    const says = `${port} is taken by the server that runs; UDP can be tried while it does not, and was at its start`;
    if (await reachable('127.0.0.1', port)) return [find.ok(`TCP ${port} answers. ${says}`)];
    return [
      find.warning(`TCP ${port} does not answer on 127.0.0.1`, 'Check media.listen, and a firewall on this machine.'),
    ];
  }
  const media = new MediaWorkers({ ...config.media, workers: 1 }, { log });
  try {
    await media.start();
    return await knockAt(await media.createRouter(), config);
  } catch (error) {
    return [explained(find, error, config)];
  } finally {
    await media.close();
  }
}

/** At the media port under loopback and under the announced address, where there is one. */
export async function knockAt(router: RoomRouter, { media }: Config): Promise<Finding[]> {
  const find = new Finder('media port');
  const { announcedAddress, listen } = media;
  const own = listen.some((ip) => ip === '0.0.0.0' || ip === '127.0.0.1') ? ['127.0.0.1'] : listen.slice(0, 1);
  const announced = announcedAddress ? await announcedAddresses(announcedAddress) : [];
  const findings: Finding[] = [];
  for (const address of new Set([...own, ...announced])) {
    findings.push(judged(find, { address, ...(await probeMedia(router, address)), isOwn: own.includes(address) }));
  }
  return findings;
}

interface Knocked {
  readonly address: string;
  readonly port: number;
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly isOwn: boolean;
}

function judged(find: Finder, { address, port, udp, tcp, isOwn }: Knocked): Finding {
  if (udp && tcp) return find.ok(`${port} answers on ${address}: UDP (STUN) and TCP`);
  const silent = [...(udp ? [] : ['UDP']), ...(tcp ? [] : ['TCP'])].join(' and ');
  const says = `${silent} ${port} does not answer on ${address}`;
  if (isOwn) {
    return find.failed(
      says,
      `Let this machine's firewall pass ${silent} port ${port} on its loopback, and check media.listen.`,
    );
  }
  return find.warning(
    says,
    `Open UDP and TCP port ${port} in the firewall and at the provider, and pass it on where there is a NAT. ` +
      'Some routers do not let a machine reach itself from outside; then try from elsewhere.',
  );
}

/** The same words as at a start that fails. */
function explained(find: Finder, error: unknown, config: Config): Finding {
  const text = explainFailure(error, config) ?? (error instanceof Error ? error.message : String(error));
  const [says = '', ...fix] = text.split('\n');
  return find.failed(says, fix.join(' ') || 'Look at what is said above.');
}
