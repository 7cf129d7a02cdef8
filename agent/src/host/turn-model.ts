import type { TurnDetector, TurnSettings } from '../contracts/index.ts';
import { type Clock, isAbort, systemClock } from '../kernel/index.ts';
import {
  bytesOf,
  type CatalogueModel,
  type Env,
  fetchModel,
  installed,
  ModelUnavailable,
  mayDownload,
  modelNamed,
} from '../models/index.ts';
import { NEUTRAL, SmartTurn } from '../providers/turn/index.ts';
import type { HostLog } from './contract.ts';

/** A file that another thread or program downloads is looked for again after this, in ms. */
const LOOK_AGAIN_MS = 30_000;

export interface TurnModelOptions {
  readonly env: Env;
  readonly log: HostLog;
  readonly clock?: Clock;
  /** In place of Smart Turn. */
  readonly model?: CatalogueModel;
}

/**
 * The turn model of a thread. It comes when it can: calls start without it, and until it is there it changes nothing.
 * `auto` and `smart-turn` download it once, in the background; tests and CI never do.
 */
export class TurnModel implements TurnDetector {
  readonly #settings: TurnSettings;
  readonly #options: TurnModelOptions;
  readonly #clock: Clock;
  readonly #model: CatalogueModel;
  readonly #stopping = new AbortController();
  #detector: SmartTurn | undefined;
  #ready: Promise<void> | undefined;
  /** Clock's ms; undefined where nothing new can be expected. */
  #lookAgainAt: number | undefined;
  #closing: Promise<void> | undefined;

  private constructor(settings: TurnSettings, options: TurnModelOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#model = options.model ?? modelNamed('smart-turn');
  }

  /** Returns at once; undefined where none is wanted. */
  static open(settings: TurnSettings, options: TurnModelOptions): TurnModel | undefined {
    if (settings.engine === 'none') return undefined;
    const model = new TurnModel(settings, options);
    void model.ready;
    return model;
  }

  /** Resolves when it is there, or will not be for now. */
  get ready(): Promise<void> {
    return (this.#ready ??= this.#begin());
  }

  async predict(input: { audio: Int16Array; text: string }, options: { signal: AbortSignal }): Promise<number> {
    if (this.#detector) return this.#detector.predict(input, options);
    if (this.#lookAgainAt !== undefined && this.#clock.now() >= this.#lookAgainAt) {
      this.#lookAgainAt += LOOK_AGAIN_MS;
      const [file] = installed(this.#model, this.#options.env) ?? [];
      if (file) this.#ready = this.#load(file);
    }
    return NEUTRAL;
  }

  /** Gives up a download, which a later start continues. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    this.#stopping.abort();
    await this.#ready;
    await this.#detector?.close();
  }

  async #begin(): Promise<void> {
    const { env, log } = this.#options;
    const { title, name } = this.#model;
    const [file] = this.#settings.model ? [this.#settings.model] : (installed(this.#model, env) ?? []);
    if (file) return this.#load(file);
    if (mayDownload(env)) return this.#download();
    if (this.#settings.engine === 'smart-turn') log('warn', `${title} is not installed: npm run models -- ${name}`);
  }

  /** One line in the log tells what came of it. */
  async #download(): Promise<void> {
    const { env, log } = this.#options;
    try {
      const [file = ''] = await fetchModel(this.#model, { env, signal: this.#stopping.signal });
      await this.#load(file, ` (just downloaded, ${(bytesOf(this.#model) / 1e6).toFixed(1)} MB)`);
    } catch (error) {
      if (isAbort(error)) return;
      if (error instanceof ModelUnavailable && error.reason === 'busy') {
        this.#lookAgainAt = this.#clock.now() + LOOK_AGAIN_MS;
        return;
      }
      const what = error instanceof ModelUnavailable ? 'no mirror has it, or none can be reached' : String(error);
      const level = this.#settings.engine === 'auto' ? 'info' : 'warn';
      const then = `words and pauses end turns; "npm run models -- ${this.#model.name}" says more`;
      log(level, `${this.#model.title} could not be downloaded (${what}): ${then}`);
    }
  }

  async #load(file: string, since = ''): Promise<void> {
    const { log } = this.#options;
    this.#lookAgainAt = undefined;
    try {
      this.#detector = await SmartTurn.load({ file, signal: this.#stopping.signal, log });
      log('info', `${this.#model.title}${since} ${this.#model.does} (engines.turn.engine)`);
    } catch (error) {
      if (!isAbort(error)) log('warn', `no turn model: ${error instanceof Error ? error.message : error}`);
    }
  }
}
