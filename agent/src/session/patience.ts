import type { SessionEvent, SessionSettings } from '../contracts/index.ts';
import { type Clock, isAbort, type Scope, sleep } from '../kernel/index.ts';
import type { Phrase } from './phrases.ts';

/** At the limit an answer under way may end, for so long. */
const ANSWER_GRACE_MS = 10_000;
/** A good-bye that takes longer is not waited for. */
const GOODBYE_MS = 15_000;

export type EndReason = Extract<SessionEvent, { type: 'ended' }>['reason'];

export interface PatienceOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly settings: Pick<SessionSettings, 'idlePromptMs' | 'idlePrompts' | 'maxCallMs'>;
  /** Resolves when it has been said, or could not be. */
  readonly say: (what: Extract<Phrase, 'still-there' | 'goodbye-idle' | 'goodbye-time-limit'>) => Promise<void>;
  /** The good-bye has been said. Called once. */
  readonly end: (reason: EndReason) => void;
}

type State =
  | { readonly kind: 'new' | 'empty' | 'present' | 'over' }
  /** It says good-bye. */
  | { readonly kind: 'leaving'; readonly reason: EndReason };

/** How long the agent waits for callers who are silent, and how long a call may be. */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #idle: IdleTime;
  #state: State = { kind: 'new' };
  #busy = false;
  #prompts = 0;
  #limitReached = false;
  #cancelLimit = (): void => {};

  constructor(options: PatienceOptions) {
    this.#options = options;
    const { scope, clock, settings } = options;
    this.#idle = new IdleTime(clock, settings.idlePromptMs, () => this.#onIdle());
    scope.onClose(() => this.#finish());
  }

  /** A caller is there. From the first one on the call's time counts. */
  present(): void {
    const { kind } = this.#state;
    if (kind !== 'new' && kind !== 'empty') return;
    if (kind === 'new') this.#watchLimit();
    this.#becomePresent();
  }

  /** No caller is there: nobody is prompted. When an empty room ends is the room's own affair. */
  empty(): void {
    if (this.#state.kind === 'leaving' && this.#state.reason === 'time-limit') return;
    if (this.#state.kind !== 'present' && this.#state.kind !== 'leaving') return;
    this.#state = { kind: 'empty' };
    this.#idle.reset();
    if (this.#limitReached) this.#end('time-limit');
  }

  /** A caller spoke or typed (a cough does not count), or the agent has said something: idle time begins anew. */
  activity(by: 'caller' | 'agent'): void {
    if (by === 'caller' && this.#state.kind === 'leaving' && this.#state.reason === 'idle') this.#becomePresent();
    if (this.#state.kind !== 'present') return;
    if (by === 'caller') this.#prompts = 0;
    this.#idle.reset();
    this.#count();
  }

  /** Somebody has the floor, or the agent thinks or speaks: idle time stands still. */
  busy(busy: boolean): void {
    this.#busy = busy;
    if (this.#state.kind !== 'present') return;
    if (!busy && this.#limitReached) void this.#leave('time-limit');
    else this.#count();
  }

  #becomePresent(): void {
    this.#state = { kind: 'present' };
    this.#prompts = 0;
    this.#idle.reset();
    if (this.#limitReached) this.#onLimit();
    else this.#count();
  }

  #count(): void {
    if (this.#busy) this.#idle.pause();
    else this.#idle.run();
  }

  #onIdle(): void {
    const { settings, say } = this.#options;
    if (this.#prompts >= settings.idlePrompts) {
      void this.#leave('idle');
      return;
    }
    this.#prompts++;
    this.#idle.reset();
    this.#count();
    say('still-there').catch(() => {});
  }

  #watchLimit(): void {
    const { clock, settings } = this.#options;
    if (settings.maxCallMs > 0) this.#cancelLimit = clock.after(settings.maxCallMs, () => this.#onLimit());
  }

  #onLimit(): void {
    this.#limitReached = true;
    if (this.#state.kind === 'empty') this.#end('time-limit');
    if (this.#state.kind !== 'present') return; // what is being said ends the call, or it is called off
    if (!this.#busy) {
      void this.#leave('time-limit');
      return;
    }
    this.#cancelLimit = this.#options.clock.after(ANSWER_GRACE_MS, () => {
      if (this.#state.kind === 'present') void this.#leave('time-limit');
    });
  }

  /** Says good-bye, then ends the call if nothing has come in between. */
  async #leave(reason: EndReason): Promise<void> {
    const { scope, clock, say } = this.#options;
    const leaving: State = { kind: 'leaving', reason };
    this.#state = leaving;
    this.#idle.reset();
    if (reason === 'time-limit') this.#cancelLimit();
    const waiting = scope.child('good-bye');
    try {
      const said = say(`goodbye-${reason}`).catch(() => {});
      await Promise.race([said, sleep(clock, GOODBYE_MS, waiting.signal)]);
      if (this.#state === leaving) this.#end(reason);
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      await waiting.close('done');
    }
  }

  #end(reason: EndReason): void {
    this.#finish();
    this.#options.end(reason);
  }

  #finish(): void {
    this.#state = { kind: 'over' };
    this.#idle.reset();
    this.#cancelLimit();
  }
}

/** Calls back once when it has run for its time in all; with a time of 0 never. */
class IdleTime {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #onOver: () => void;
  #passedMs = 0;
  #running: { readonly since: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, ms: number, onOver: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onOver = onOver;
  }

  run(): void {
    if (this.#running || this.#ms === 0) return;
    const cancel = this.#clock.after(this.#ms - this.#passedMs, () => {
      this.reset();
      this.#onOver();
    });
    this.#running = { since: this.#clock.now(), cancel };
  }

  pause(): void {
    if (!this.#running) return;
    this.#passedMs += this.#clock.now() - this.#running.since;
    this.#running.cancel();
    this.#running = undefined;
  }

  reset(): void {
    this.pause();
    this.#passedMs = 0;
  }
}
