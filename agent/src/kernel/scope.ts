import type { Clock } from './clock.ts';

export type CloseReason = 'barge-in' | 'superseded' | 'done' | 'failed' | 'peer-left' | 'room-closed' | 'shutdown';

/** Why a scope's signal was aborted. Never shown to callers as an error. */
export class ScopeClosed extends Error {
  readonly reason: CloseReason;

  constructor(scope: string, reason: CloseReason) {
    super(`${scope} closed: ${reason}`);
    this.name = 'ScopeClosed';
    this.reason = reason;
  }
}

type Cleanup = (reason: CloseReason) => void | Promise<void>;

/**
 * Owns resources and the right to cancel them. Closing aborts the signal at once, closes the children, then runs
 * the clean-ups in reverse order. One tree, process -> room -> session -> reply, is the only cancellation there is.
 */
export class Scope {
  readonly name: string;
  readonly #controller = new AbortController();
  readonly #children = new Set<Scope>();
  readonly #cleanups = new Set<Cleanup>();
  readonly #parent: Scope | undefined;
  #closing: Promise<void> | undefined;

  constructor(name: string, parent?: Scope) {
    this.name = name;
    this.#parent = parent;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get closed(): boolean {
    return this.#controller.signal.aborted;
  }

  /** A scope that closes with this one at the latest, and lets go of it when it closes before. */
  child(name: string): Scope {
    const child = new Scope(`${this.name}/${name}`, this);
    if (this.closed) void child.close((this.signal.reason as ScopeClosed).reason);
    else this.#children.add(child);
    return child;
  }

  /** Runs `cleanup` once when the scope closes, or at once where it has; the returned function takes it back. */
  onClose(cleanup: Cleanup): () => void {
    if (this.closed) {
      void cleanup((this.signal.reason as ScopeClosed).reason);
      return () => {};
    }
    this.#cleanups.add(cleanup);
    return () => this.#cleanups.delete(cleanup);
  }

  /** Resolves when every clean-up has run; the same promise every time. A clean-up that throws stops no other. */
  close(reason: CloseReason): Promise<void> {
    return (this.#closing ??= this.#shut(reason));
  }

  async #shut(reason: CloseReason): Promise<void> {
    if (this.#parent) this.#parent.#children.delete(this);
    this.#controller.abort(new ScopeClosed(this.name, reason));
    const children = [...this.#children].map((child) => child.close(reason));
    const cleanups = [...this.#cleanups].reverse().map(async (cleanup) => cleanup(reason));
    this.#cleanups.clear();
    const failures = (await Promise.allSettled([...children, ...cleanups])).filter((r) => r.status === 'rejected');
    if (failures.length > 0)
      throw new AggregateError(
        failures.map((f) => f.reason),
        `closing ${this.name}`,
      );
  }
}

const ABORT_NAMES: readonly unknown[] = ['ScopeClosed', 'AbortError', 'APIUserAbortError'];

/** True for an error that only says that somebody stopped waiting. */
export const isAbort = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && ABORT_NAMES.includes(error.name);

/** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
