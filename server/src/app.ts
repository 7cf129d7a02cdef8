import { join } from 'node:path';
import { type EngineChoice, type SessionSettings, startAgentHost } from '@parley/agent';
import { Access } from './access/index.ts';
import { accessOptions } from './access-options.ts';
import { Admission, LoopDelay } from './admission/index.ts';
import { AgentHosts, type StartHost } from './agents/index.ts';
import { type Config, dataFolder } from './config/index.ts';
import { examineStarted } from './doctor/index.ts';
import { Doors } from './doors.ts';
import { History } from './history/index.ts';
import { type MakeRouter, MediaWorkers } from './media/index.ts';
import { type Clock, createLogger, type Logger, Metrics, systemClock } from './observe/index.ts';
import { Registry } from './rooms/index.ts';
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
  #doors: Doors | undefined;
  #webhooks: Webhooks | undefined;
  #history: History | undefined;
  #closing: Promise<void> | undefined;

  constructor(config: Config, overrides: AppOverrides) {
    const clock = overrides.clock ?? systemClock;
    const log = overrides.log ?? createLogger(config.log);
    this.#config = config;
    this.#clock = clock;
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
      const doors = this.#makeDoors(access);
      const started = await Promise.allSettled([this.#media.start(), this.#hosts.start(), doors.prepare()]);
      for (const result of started) if (result.status === 'rejected') throw result.reason;
      this.#watch();
      this.#loop.start();
      this.#admission.start();
      const url = await doors.open();
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
      this.#doors?.announce(`The server is about to end: this call can go on for ${seconds} seconds.`);
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
    await this.#patiently('connections', doors, this.#doors?.close() ?? Promise.resolve());
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

  #makeDoors(access: Access): Doors {
    return (this.#doors = new Doors({
      config: this.#config,
      access,
      rooms: this.#rooms,
      hosts: this.#hosts,
      media: this.#media,
      admission: this.#admission,
      metrics: this.#metrics,
      history: this.#history,
      log: this.log,
      clock: this.#clock,
    }));
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
