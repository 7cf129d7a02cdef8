import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EngineChoice, type SessionSettings, startAgentHost } from '@parley/agent';
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import { Access, isThisMachine } from './access/index.ts';
import { accessOptions } from './access-options.ts';
import { Admission, LoopDelay } from './admission/index.ts';
import { AgentHosts, type StartHost } from './agents/index.ts';
import { type Config, dataFolder } from './config/index.ts';
import { examineStarted } from './doctor/index.ts';
import { History } from './history/index.ts';
import { createHttp, type FastifyInstance } from './http/index.ts';
import { addressesFor, announcedAddresses, type MakeRouter, MediaWorkers, turnServersFor } from './media/index.ts';
import { type Clock, createLogger, type Logger, Metrics, systemClock } from './observe/index.ts';
import { ClientSecrets, RealtimeCalls, RealtimeDoor } from './realtime/index.ts';
import { type AgentWishes, Registry } from './rooms/index.ts';
import { Gateway } from './signaling/index.ts';
import { TelephonyDoor, TwilioAccount } from './telephony/index.ts';
import { turnOptions } from './turn-options.ts';
import { VERSION } from './version.ts';
import { Webhooks } from './webhooks/index.ts';

/** What tests and the bench put in the place of the real thing. */
export interface AppOverrides {
  readonly startHost?: StartHost;
  /** Another entry of the agent's worker thread. */
  readonly hostModule?: URL;
  /** Another kind of router: callers who do not come by WebRTC. */
  readonly makeRouter?: MakeRouter;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** What a started server says of itself. */
export interface Started {
  /** Where to open it on this machine. */
  readonly url: string;
  readonly mediaPorts: readonly number[];
  readonly engines: readonly EngineChoice[];
  /** What the demo asks for, where it was made up. */
  readonly passphrase?: string;
}

export interface App {
  readonly log: Logger;
  /** Process ids of the media workers. */
  readonly workerPids: readonly number[];
  /** Throws where something cannot start; nothing is left running then. */
  listen(): Promise<Started>;
  /** No new calls; resolves when the running ones have ended, `ms` are over, or `hurry` says that it is enough. */
  drain(ms: number, hurry: AbortSignal): Promise<void>;
  /** Looks anew which engines are at hand, for the calls that begin from now on. */
  renewEngines(): Promise<readonly EngineChoice[]>;
  /** Tells the callers, closes everything; takes five seconds at most. The same promise every time. */
  close(): Promise<void>;
}

/** How long each step of the end may take, in ms; five seconds together. */
const END_PATIENCE_MS = { rooms: 2000, doors: 1000, engines: 2000 } as const;
const DEMO_DIR = fileURLToPath(new URL('../../web-demo/dist', import.meta.url));

/** Puts the rooms of the house together. Nothing runs before `listen`. */
export const createApp = (config: Config, overrides: AppOverrides = {}): App => new House(config, overrides);

class House implements App {
  readonly log: Logger;
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #metrics = new Metrics();
  readonly #media: MediaWorkers;
  readonly #hosts: AgentHosts;
  readonly #loop = new LoopDelay();
  readonly #admission: Admission;
  readonly #rooms: Registry;
  /** Each closes a door; filled as they open. */
  readonly #doors: (() => Promise<unknown>)[] = [];
  readonly #secrets: ClientSecrets;
  readonly #twilio: TwilioAccount;
  #gateway: Gateway | undefined;
  #webhooks: Webhooks | undefined;
  #history: History | undefined;
  #closing: Promise<void> | undefined;

  constructor(config: Config, overrides: AppOverrides) {
    const clock = overrides.clock ?? systemClock;
    const log = overrides.log ?? createLogger(config.log);
    this.#config = config;
    this.#clock = clock;
    this.#secrets = new ClientSecrets(clock);
    const { publicUrl, twilio } = config.telephony;
    this.#twilio = new TwilioAccount({ ...twilio, publicUrl, proxies: Number(config.server.trustProxy) });
    this.log = log;
    this.#media = new MediaWorkers(config.media, {
      log,
      clock,
      onDeath: () => this.#metrics.workerDied(),
      makeRouter: overrides.makeRouter,
    });
    this.#hosts = new AgentHosts({
      startHost: overrides.startHost ?? startAgentHost,
      host: {
        engines: config.engines,
        tools: config.tools,
        module: overrides.hostModule,
        log: (level, message) => log[level](message),
      },
      threads: config.agent.threads,
      settings: sessionSettings(config.agent),
      log,
      metrics: this.#metrics,
      clock,
    });
    this.#admission = new Admission({
      maxLoad: config.limits.maxLoad,
      calls: () => this.#rooms.roomCount,
      read: () => ({ mainLateMs: this.#loop.take(), agents: this.#hosts.paces }),
      onRefused: () => this.#metrics.callRefused(),
      log,
      clock,
    });
    this.#rooms = new Registry({
      limits: config.limits,
      log,
      clock,
      createRouter: (opusPayloadType) => this.#media.createRouter(opusPayloadType),
      admit: () => this.#admission.admit(),
      openAgent: (seat) => this.#hosts.open(seat),
      recording: config.history.enabled ? config.history.record : undefined,
    });
  }

  get workerPids(): readonly number[] {
    return this.#media.pids;
  }

  async listen(): Promise<Started> {
    try {
      const access = Access.open(accessOptions(this.#config, { log: this.log, clock: this.#clock }));
      this.#history = this.#makeHistory();
      const calls = this.#makeCalls(access);
      const [http, ...engines] = await Promise.allSettled([
        this.#makeHttp(access, calls),
        this.#media.start(),
        this.#hosts.start(),
      ]);
      for (const result of engines) if (result.status === 'rejected') throw result.reason;
      if (http.status === 'rejected') throw http.reason;
      this.#watch();
      this.#loop.start();
      this.#admission.start();
      const url = await this.#openDoors(http.value, access, calls);
      this.#openWebhooks();
      this.#history?.start();
      void this.#examine();
      const made = access.passphrase !== undefined && !this.#config.access.demoPassphrase;
      const passphrase = made ? { passphrase: access.passphrase } : {};
      return { url, mediaPorts: this.#media.ports, engines: this.#hosts.choices, ...passphrase };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async drain(ms: number, hurry: AbortSignal): Promise<void> {
    const empty = this.#rooms.drain();
    if (ms === 0) return;
    const seconds = ms / 1000;
    const { callerCount } = this.#rooms;
    if (callerCount > 0) {
      this.log.info({ callers: callerCount, seconds }, 'no new calls; the running ones may go on for a while');
      const message = `The server is about to end: this call can go on for ${seconds} seconds.`;
      this.#gateway?.announce('problem', { code: 'shutting-down', message, retryable: false });
    }
    const enough = new Promise<void>((resolve) => hurry.addEventListener('abort', () => resolve(), { once: true }));
    if (hurry.aborted || (await within(ms, Promise.race([empty, enough]), this.#clock))) return;
    this.log.warn({ callers: this.#rooms.callerCount }, 'the time for running calls is over; they end now');
  }

  async renewEngines(): Promise<readonly EngineChoice[]> {
    await this.#hosts.renew();
    return this.#hosts.choices;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    const { rooms, doors, engines } = END_PATIENCE_MS;
    await this.#patiently('rooms', rooms, this.#rooms.close('shutdown'));
    this.#webhooks?.close();
    await this.#patiently('connections', doors, Promise.all(this.#doors.map((close) => close())));
    await this.#patiently(
      'engines',
      engines,
      Promise.all([this.#hosts.close(), this.#media.close(), this.#history?.close()]),
    );
    this.#admission.close();
    this.#loop.close();
    this.#metrics.close();
  }

  /** What does not end in time, or fails to, must not keep the rest from ending. */
  async #patiently(what: string, ms: number, end: Promise<unknown>): Promise<void> {
    try {
      if (!(await within(ms, end, this.#clock))) this.log.warn({ what }, 'not everything closed in time');
    } catch (error) {
      this.log.warn({ what, err: error }, 'not everything closed cleanly');
    }
  }

  #makeCalls(access: Access): RealtimeCalls {
    const { agent, limits } = this.#config;
    const calls = new RealtimeCalls({
      rooms: this.#rooms,
      access,
      secrets: this.#secrets,
      instructions: agent.instructions,
      connectionsPerAddress: limits.connectionsPerAddress,
      log: this.log,
      clock: this.#clock,
    });
    this.#doors.push(async () => calls.close());
    return calls;
  }

  #makeHttp(access: Access, calls: RealtimeCalls): Promise<FastifyInstance> {
    const { server } = this.#config;
    return createHttp({
      version: VERSION,
      protocol: PROTOCOL_VERSION,
      rooms: this.#rooms,
      hosts: this.#hosts,
      metrics: this.#metrics,
      log: this.log,
      clock: this.#clock,
      mediaReady: () => this.#media.ready,
      overload: () => this.#admission.overload,
      access,
      secrets: this.#secrets,
      calls,
      addressesFor: (request) => this.#addressesFor(request),
      twilio: this.#twilio,
      instructions: this.#config.agent.instructions,
      proxies: Number(server.trustProxy),
      allowedOrigins: server.allowedOrigins,
      webhookSecret: this.#config.webhooks.secret,
      history: this.#history,
      demoDir: server.demoDir || DEMO_DIR,
    });
  }

  #makeHistory(): History | undefined {
    const { server, history } = this.#config;
    if (!history.enabled) return undefined;
    const { keepDays, databaseUrl } = history;
    const folder = join(dataFolder(server.dataDir), 'history');
    const made = History.in({ folder, databaseUrl, keepDays, log: this.log, clock: this.#clock });
    made.watch(this.#rooms);
    return made;
  }

  /** Once this process has the port: another one of the same folder may be delivering still. */
  #openWebhooks(): void {
    const { server, webhooks } = this.#config;
    const { url, secret, events, ...bounds } = webhooks;
    const opened = Webhooks.open({
      ...bounds,
      folder: dataFolder(server.dataDir),
      target: url !== undefined && secret !== undefined ? { url, secret, events } : undefined,
      log: this.log,
      metrics: this.#metrics,
      clock: this.#clock,
    });
    this.#webhooks = opened;
    this.#rooms.events.on('opened', (room) => opened.watch(room));
  }

  async #openDoors(http: FastifyInstance, access: Access, calls: RealtimeCalls): Promise<string> {
    const { server, limits, media } = this.#config;
    const turn = turnOptions(media, access);
    const gateway = new Gateway({
      server: http.server,
      rooms: this.#rooms,
      limits,
      access,
      proxies: Number(server.trustProxy),
      allowedOrigins: server.allowedOrigins,
      log: this.log,
      metrics: this.#metrics,
      clock: this.#clock,
      addressesFor: (handshake) => this.#addressesFor(handshake),
      iceServersFor: (callerId) => turnServersFor(turn, callerId),
    });
    this.#gateway = gateway;
    const realtime = new RealtimeDoor({
      server: http.server,
      rooms: this.#rooms,
      calls,
      access,
      secrets: this.#secrets,
      instructions: this.#config.agent.instructions,
      connectionsPerAddress: limits.connectionsPerAddress,
      proxies: Number(server.trustProxy),
      log: this.log,
      clock: this.#clock,
    });
    const telephony = new TelephonyDoor({
      server: http.server,
      rooms: this.#rooms,
      access,
      account: this.#twilio,
      wishes: telephoneWishes(this.#config.telephony),
      proxies: Number(server.trustProxy),
      log: this.log,
      clock: this.#clock,
    });
    this.#doors.push(
      async () => gateway.close(),
      async () => realtime.close(),
      async () => telephony.close(),
      () => http.close(),
    );
    // Fastify would open a second server for the other loopback address, and signaling would not be on it.
    await http.listen({ host: server.host === 'localhost' ? '127.0.0.1' : server.host, port: server.port });
    const { port } = http.server.address() as AddressInfo;
    return `http://${shownHost(server.host)}:${port}`;
  }

  async #addressesFor({ headers, socket }: IncomingMessage): Promise<readonly string[]> {
    const { announcedAddress } = this.#config.media;
    if (announcedAddress) return announcedAddresses(announcedAddress);
    const forwarded = this.#config.server.trustProxy ? headers['x-forwarded-host'] : undefined;
    const host = [forwarded ?? headers.host].flat()[0]?.split(',')[0];
    const { localAddress, remoteAddress: ip = '' } = socket;
    const isHere = isThisMachine({ ip, headers }, this.#config.access.bind);
    const addresses = await addressesFor({ host, localAddress, isHere });
    this.log.debug({ host, addresses }, 'a caller is sent these media addresses');
    return addresses;
  }

  /** What the doctor sees at once; a caller without media hears nothing and cannot say why. */
  async #examine(): Promise<void> {
    const findings = await examineStarted(this.#config, process.env, () => this.#media.createRouter());
    for (const { check, verdict, says, fix } of findings) {
      if (verdict === 'failed' || verdict === 'warning') this.log.warn({ check }, `${says}. ${fix}`);
    }
  }

  #watch(): void {
    this.#metrics.watch({
      rooms: () => this.#rooms.rooms.length,
      callers: () => this.#rooms.callerCount,
      workers: () => this.#media.alive,
      hosts: () => this.#hosts.alive,
      sessions: () => this.#hosts.load,
      load: () => this.#admission.load,
      capacity: () => this.#admission.capacity,
      overloaded: () => this.#admission.overload !== undefined,
      webhooks: () => this.#webhooks?.pending ?? 0,
      engines: () => this.#hosts.health,
    });
  }
}

function sessionSettings(agent: Config['agent']): SessionSettings {
  const { instructions, greeting, language, voice, voices, speed, pitch, emotion, inlineEmotions } = agent;
  const { contextTokens, turnPreset, endpointingMs, interruptionMs, speculation } = agent;
  const prosody = { voice, speed, pitch, emotion, language };
  const manner = { prosody, voices, inlineEmotions };
  const turns = { turnPreset, endpointingMs, interruptionMs, speculation };
  const { answers, names, silenceWatchdogMs, toolFillerMs, summarise, idlePromptMs, idlePrompts } = agent;
  const manners = { answers, names, silenceWatchdogMs, toolFillerMs, summarise, idlePromptMs, idlePrompts };
  const maxCallMs = agent.maxCallMinutes * 60_000;
  return { instructions, greeting, language, ...manner, contextTokens, maxCallMs, ...turns, ...manners };
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

/** False where the work is not done in time; it goes on unwatched then. */
function within(ms: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(false));
    work.then(
      () => {
        cancel();
        resolve(true);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });
}
