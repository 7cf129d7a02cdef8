import type { EngineHealth, ProviderFailure, ServedStage } from '../../contracts/index.ts';
import type { Clock } from '../../kernel/index.ts';

/** Failures in a row after which an engine is passed over. One may be chance; a key that is refused stays refused. */
const FAILURES_TO_OPEN = 2;
/** How long it is passed over, in ms: at first, and at most. It doubles with each trial that fails. */
const FIRST_COOL_DOWN_MS = 15_000;
const MAX_COOL_DOWN_MS = 300_000;

/** What says something of this request, not of the engine: another caller's may go well. */
const OF_THE_REQUEST: readonly ProviderFailure[] = ['bad-request', 'unsupported'];

type Circuit =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number; readonly coolDownMs: number }
  /** One call tries whether it works again. */
  | { readonly kind: 'trial'; readonly coolDownMs: number };

export interface HealthOptions {
  readonly stage: ServedStage;
  readonly engine: string;
  readonly clock: Clock;
  readonly onChange?: (health: EngineHealth, reason?: ProviderFailure) => void;
}

/** A circuit breaker: whether an engine is worth a try, by how its last calls went. Shared by all calls of a thread. */
export class Health {
  readonly stage: ServedStage;
  readonly engine: string;
  readonly #options: HealthOptions;
  #circuit: Circuit = { kind: 'closed', failures: 0 };

  constructor(options: HealthOptions) {
    this.stage = options.stage;
    this.engine = options.engine;
    this.#options = options;
  }

  /** Calls go to it as usual. */
  get up(): boolean {
    return this.#circuit.kind === 'closed';
  }

  /** Whether `admit` would let a call through. */
  get usable(): boolean {
    const circuit = this.#circuit;
    return circuit.kind === 'closed' || (circuit.kind === 'open' && this.#options.clock.now() >= circuit.until);
  }

  /** Lets a call through, which then must tell how it went: the first one after the cool-down is the trial. */
  admit(): boolean {
    if (!this.usable) return false;
    if (this.#circuit.kind === 'open') this.#circuit = { kind: 'trial', coolDownMs: this.#circuit.coolDownMs };
    return true;
  }

  succeeded(): void {
    const { up } = this;
    this.#circuit = { kind: 'closed', failures: 0 };
    if (!up) this.#tell();
  }

  failed(reason: ProviderFailure): void {
    const circuit = this.#circuit;
    if (OF_THE_REQUEST.includes(reason)) this.released();
    else if (circuit.kind === 'trial') this.#open(Math.min(MAX_COOL_DOWN_MS, circuit.coolDownMs * 2));
    else if (circuit.kind === 'closed') this.#count(circuit.failures + 1, reason);
    // An open one was tried as a last resort: that is no news.
  }

  /** The call ended without a verdict: the next one may be the trial. */
  released(): void {
    if (this.#circuit.kind === 'trial')
      this.#circuit = { kind: 'open', until: this.#options.clock.now(), coolDownMs: this.#circuit.coolDownMs };
  }

  #count(failures: number, reason: ProviderFailure): void {
    this.#circuit = { kind: 'closed', failures };
    if (reason !== 'auth' && failures < FAILURES_TO_OPEN) return;
    this.#open(FIRST_COOL_DOWN_MS);
    this.#tell(reason);
  }

  #open(coolDownMs: number): void {
    this.#circuit = { kind: 'open', until: this.#options.clock.now() + coolDownMs, coolDownMs };
  }

  #tell(reason?: ProviderFailure): void {
    const { stage, engine, up } = this;
    this.#options.onChange?.({ stage, engine, up }, reason);
  }
}
