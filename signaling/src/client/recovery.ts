import type { Clock } from './clock.ts';
import { SignalingError } from './errors.ts';
import { sleepOrOnline } from './network.ts';
import { afterLoss, type LossCause, nextAttempt, type Outage, type ReconnectPolicy } from './reconnect.ts';
import { type CallEnd, endOf } from './state.ts';

export interface RecoveryOptions {
  readonly clock: Clock;
  readonly policy: ReconnectPolicy | undefined;
  readonly random: () => number;
  readonly onAttempt: (cause: LossCause, attempt: number) => void;
  /** Makes the connection hold again, or throws a SignalingError. */
  readonly mend: () => Promise<void>;
  /** The server knows this caller no more: the next `mend` begins anew. */
  readonly onForgotten: () => void;
}

/** Tries a lost connection again, until it holds or no attempt will help. */
export class Recovery {
  readonly #options: RecoveryOptions;
  #outage: Outage | undefined;
  #heldSince = 0;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** The connection stands, since now. */
  hold(): void {
    this.#heldSince = this.#options.clock.now();
  }

  /** Audio passes: what was lost before counts no more. */
  forgive(): void {
    this.#outage = undefined;
  }

  /** Resolves with how the call ends, or with nothing where it goes on or the signal was aborted. */
  async run(cause: LossCause, error: SignalingError, signal: AbortSignal): Promise<CallEnd | undefined> {
    const { clock, policy, random, onAttempt, mend, onForgotten } = this.#options;
    const now = clock.now();
    let outage = afterLoss(this.#outage, { cause, now, heldMs: now - this.#heldSince }, policy);
    for (let last = error; !signal.aborted; ) {
      const step = nextAttempt(outage, { now: clock.now(), random: random() }, policy);
      if (step.kind === 'give-up') return endOf(last, cause);
      this.#outage = outage = step.outage;
      onAttempt(cause, outage.attempts);
      try {
        await sleepOrOnline(clock, step.ms, signal);
        await mend();
        return undefined;
      } catch (failure) {
        last = SignalingError.from(failure);
        if (last.code === 'not-resumable') onForgotten();
        else if (!last.retryable) return endOf(last);
      }
    }
    return undefined;
  }
}
