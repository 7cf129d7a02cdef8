import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import { type Access, isThisMachine } from './access/index.ts';
import type { Admission } from './admission/index.ts';
import type { AgentHosts } from './agents/index.ts';
import type { Config } from './config/index.ts';
import type { History } from './history/index.ts';
import { createHttp, type FastifyInstance } from './http/index.ts';
import { addressesFor, announcedAddresses, type MediaWorkers, turnServersFor } from './media/index.ts';
import type { Clock, Logger, Metrics } from './observe/index.ts';
import { ClientSecrets, RealtimeCalls, RealtimeDoor } from './realtime/index.ts';
import type { AgentWishes, Registry } from './rooms/index.ts';
import { Gateway } from './signaling/index.ts';
import { TelephonyDoor, TwilioAccount } from './telephony/index.ts';
import { turnOptions } from './turn-options.ts';
import { VERSION } from './version.ts';

/** What the doors lead to. */
export interface DoorsOptions {
  readonly config: Config;
  readonly access: Access;
  readonly rooms: Registry;
  readonly hosts: AgentHosts;
  readonly media: MediaWorkers;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly history: History | undefined;
  readonly log: Logger;
  readonly clock: Clock;
}

const DEMO_DIR = fileURLToPath(new URL('../../web-demo/dist', import.meta.url));

/** All ways into the house, on one port: the page and the API, signaling, the realtime protocol, the telephone. */
export class Doors {
  readonly #options: DoorsOptions;
  readonly #shared;
  readonly #secrets: ClientSecrets;
  readonly #twilio: TwilioAccount;
  readonly #calls: RealtimeCalls;
  #http: FastifyInstance | undefined;
  #gateway: Gateway | undefined;
  /** Each closes a door; filled as they open. */
  readonly #ends: (() => unknown)[] = [];

  constructor(options: DoorsOptions) {
    const { config, access, rooms, log, clock } = options;
    const { server, telephony, agent, limits } = config;
    const proxies = Number(server.trustProxy);
    this.#options = options;
    this.#secrets = new ClientSecrets(clock);
    this.#twilio = new TwilioAccount({ ...telephony.twilio, publicUrl: telephony.publicUrl, proxies });
    const { instructions } = agent;
    const { connectionsPerAddress } = limits;
    this.#shared = { rooms, access, log, clock, proxies, secrets: this.#secrets, instructions, connectionsPerAddress };
    this.#calls = new RealtimeCalls(this.#shared);
    this.#ends.push(() => this.#calls.close());
  }

  /** What needs no port yet. */
  async prepare(): Promise<void> {
    const { config, hosts, metrics, media, admission, history } = this.#options;
    const { server, webhooks } = config;
    this.#http = await createHttp({
      ...this.#shared,
      version: VERSION,
      protocol: PROTOCOL_VERSION,
      hosts,
      metrics,
      mediaReady: () => media.ready,
      overload: () => admission.overload,
      calls: this.#calls,
      addressesFor: (request) => this.#addressesFor(request),
      twilio: this.#twilio,
      allowedOrigins: server.allowedOrigins,
      webhookSecret: webhooks.secret,
      history,
      demoDir: server.demoDir || DEMO_DIR,
    });
  }

  /** After `prepare`. Resolves with where to open the house on this machine; rejects where the port cannot be had. */
  async open(): Promise<string> {
    const http = this.#http as FastifyInstance;
    const { access, config, metrics } = this.#options;
    const shared = { ...this.#shared, server: http.server };
    const turn = turnOptions(config.media, access);
    const gateway = new Gateway({
      ...shared,
      limits: config.limits,
      allowedOrigins: config.server.allowedOrigins,
      metrics,
      addressesFor: (handshake) => this.#addressesFor(handshake),
      iceServersFor: (callerId) => turnServersFor(turn, callerId),
    });
    this.#gateway = gateway;
    const realtime = new RealtimeDoor({ ...shared, calls: this.#calls });
    const wishes = telephoneWishes(config.telephony);
    const telephony = new TelephonyDoor({ ...shared, account: this.#twilio, wishes });
    this.#ends.push(
      () => gateway.close(),
      () => realtime.close(),
      () => telephony.close(),
      () => http.close(),
    );
    const { host, port: wanted } = config.server;
    // Fastify would open a second server for the other loopback address, and signaling would not be on it.
    await http.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port: wanted });
    const { port } = http.server.address() as AddressInfo;
    return `http://${shownHost(host)}:${port}`;
  }

  /** Tells all callers of rooms what is about to happen to the server. */
  announce(message: string): void {
    this.#gateway?.announce('problem', { code: 'shutting-down', message, retryable: false });
  }

  async close(): Promise<void> {
    await Promise.all(this.#ends.map(async (end) => end()));
  }

  async #addressesFor({ headers, socket }: IncomingMessage): Promise<readonly string[]> {
    const { config, log } = this.#options;
    const { announcedAddress } = config.media;
    if (announcedAddress) return announcedAddresses(announcedAddress);
    const forwarded = config.server.trustProxy ? headers['x-forwarded-host'] : undefined;
    const host = [forwarded ?? headers.host].flat()[0]?.split(',')[0];
    const { localAddress, remoteAddress: ip = '' } = socket;
    const isHere = isThisMachine({ ip, headers }, config.access.bind);
    const addresses = await addressesFor({ host, localAddress, isHere });
    log.debug({ host, addresses }, 'a caller is sent these media addresses');
    return addresses;
  }
}

function telephoneWishes({ instructions, greeting, language, voice }: Config['telephony']): AgentWishes {
  const wishes = { instructions, greeting, language, voice };
  return Object.fromEntries(Object.entries(wishes).filter(([, wish]) => wish !== undefined));
}

/** Every address means this machine too, and browsers give the microphone to localhost. */
const shownHost = (host: string): string => {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};
