import { type EngineFallback, ProviderError, type ServedStage } from '../../contracts/index.ts';
import { type Clock, isAbort } from '../../kernel/index.ts';
import { wasRepeated } from '../repeated.ts';
import { Attempt, type AttemptOptions, type Link } from './attempt.ts';

/**
 * How long an engine may keep the caller waiting while another one stands ready, in ms. The silence watchdog speaks
 * after 3 s: the next engine should have begun by then.
 */
export const PATIENCE_MS = 2500;

export interface ChainOptions<Engine> {
  readonly stage: ServedStage;
  /** At least one, in the order in which they are tried. */
  readonly links: readonly Link<Engine>[];
  readonly clock: Clock;
  readonly onFallback?: (fallback: EngineFallback) => void;
}

/** What every chain needs of its engines. */
interface Closable {
  readonly id: string;
  close?(): Promise<void>;
}

/** The engines of a stage in their order, the same for every call. */
export class Chain<Engine extends Closable> {
  readonly options: ChainOptions<Engine>;
  readonly first: Link<Engine>;
  #closing: Promise<void> | undefined;

  constructor(options: ChainOptions<Engine>) {
    const [first] = options.links;
    if (!first) throw new RangeError('a chain has at least one engine');
    this.options = options;
    this.first = first;
  }

  /** Begins a call; see AttemptOptions for `patienceMs`. */
  walk(signal: AbortSignal, patienceMs: () => number | undefined): Walk<Engine> {
    return new Walk(this.options, signal, patienceMs);
  }

  close(): Promise<void> {
    return (this.#closing ??= Promise.allSettled(this.options.links.map(({ engine }) => engine.close?.())).then(
      () => {},
    ));
  }
}

/** One call's way along a chain, engine by engine, until one has done it. */
export class Walk<Engine> {
  readonly #options: ChainOptions<Engine>;
  readonly #attempt: AttemptOptions;
  readonly #ahead: Link<Engine>[];
  /** Those that keep failing: tried after all others, rather than fail without having tried. */
  readonly #passedOver: Link<Engine>[] = [];
  readonly #failures: { readonly link: Link<Engine>; readonly error: ProviderError }[] = [];
  #again: Link<Engine> | undefined;

  constructor(options: ChainOptions<Engine>, signal: AbortSignal, patienceMs: () => number | undefined) {
    this.#options = options;
    this.#attempt = { signal, clock: options.clock, patienceMs };
    this.#ahead = [...options.links];
  }

  /** No engine is left after the one at work. */
  get last(): boolean {
    return this.#ahead.length === 0 && this.#passedOver.length === 0;
  }

  /** The next engine to try; undefined where there is none. The caller closes the attempt. */
  next(): Attempt<Engine> | undefined {
    this.#attempt.signal.throwIfAborted();
    const [link, isSpareReady] = this.#pick();
    if (!link) return undefined;
    const { stage, onFallback } = this.#options;
    const before = this.#failures.at(-1);
    if (before && before.link !== link) {
      const { engine: from } = before.link.health;
      onFallback?.({ stage, from, to: link.health.engine, reason: before.error.reason });
    }
    return new Attempt(link, isSpareReady ? this.#attempt : { ...this.#attempt, patienceMs: undefined });
  }

  /** Notes the failure. Throws where the call is not to go on: it was aborted. */
  failed(attempt: Attempt<Engine>, error: unknown): void {
    const { signal } = this.#attempt;
    signal.throwIfAborted();
    if (isAbort(error)) throw error;
    const { link, gave } = attempt;
    const failure = asProviderError(link, error);
    attempt.failed(failure.reason);
    this.#failures.push({ link, error: failure });
    if (this.#options.links.length > 1 || this.#failures.length > 1 || gave) return;
    // Nobody else can do it, but a connection that broke may have been one that had idled too long. An engine that
    // asks for fewer requests is not asked again, and whoever waited for a timeout has waited long enough.
    if (failure.reason === 'unavailable' && !wasRepeated(failure)) this.#again = link;
  }

  /** Why the call failed, when no engine is left. */
  get failure(): ProviderError {
    const [first] = this.#failures;
    if (!first) throw new TypeError('nothing has failed');
    if (this.#failures.length === 1 || this.#options.links.length === 1) return first.error;
    const { stage } = this.#options;
    const errors = this.#failures.map(({ error }) => error);
    const all = this.#failures.map(({ link, error }) => `${link.health.engine}: ${error.message}`).join('; ');
    return new ProviderError(stage, first.error.reason, all, { cause: new AggregateError(errors, all) });
  }

  /** An engine, and whether it is to be quick because another one would take over. */
  #pick(): [link: Link<Engine> | undefined, isSpareReady: boolean] {
    const again = this.#again;
    this.#again = undefined;
    if (again) return [again, false];
    for (let link = this.#ahead.shift(); link; link = this.#ahead.shift()) {
      if (link.health.admit()) return [link, this.#ahead.some(({ health }) => health.usable)];
      this.#passedOver.push(link);
    }
    return [this.#passedOver.shift(), this.#passedOver.length > 0];
  }
}

function asProviderError({ health: { stage, engine } }: Link<unknown>, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return ProviderError.unavailable(stage, `the ${stage} engine ${engine} failed: ${why}`, { cause: error });
}
