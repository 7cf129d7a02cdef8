import type { Clock } from './clock.ts';
import type { ConnectionState, Direction } from './media.ts';

/** Longest wait for a transport's first connection, ms. */
const CONNECT_MS = 12_000;
/** A path that wavers often comes back by itself within this, ms. */
const GRACE_MS = 2_500;
/** Longest wait for a restart to help, ms. */
const RESTART_MS = 8_000;

export type MediaHealth = 'connected' | 'restarting' | 'lost';

export interface IceGuardOptions {
  readonly clock: Clock;
  readonly restart: (direction: Direction) => Promise<void>;
  readonly onHealth: (health: MediaHealth) => void;
}

/** Watches the transports' connections: restarts ICE where a path broke, and says when media is lost for good. */
export class IceGuard {
  readonly #options: IceGuardOptions;
  readonly #states = new Map<Direction, ConnectionState>();
  #phase: 'new' | 'paused' | 'connecting' | 'connected' | 'wavering' | 'restarting' | 'lost' = 'new';
  #cancel: (() => void) | undefined;

  constructor(options: IceGuardOptions) {
    this.#options = options;
  }

  handleState(direction: Direction, state: ConnectionState): void {
    if (this.#phase === 'lost') return;
    this.#states.set(direction, state);
    if (this.#phase === 'paused') return;
    const states = [...this.#states.values()];
    if (this.#areConnected) this.#connected();
    else if (states.includes('failed')) this.#failed();
    else if (states.includes('disconnected')) this.#waver();
    else if (this.#phase === 'new' || this.#phase === 'connected')
      this.#wait('connecting', CONNECT_MS, () => this.#lose());
  }

  /** A restart is under way. */
  get restarting(): boolean {
    return this.#phase === 'restarting';
  }

  /** Nothing can be restarted without signaling: what breaks now is mended when that is back. */
  pause(): void {
    if (this.#phase === 'lost') return;
    this.#cancel?.();
    this.#phase = 'paused';
  }

  /** Signaling is back. `moved`: by another network, so that the old path is not trusted. */
  resume({ moved }: { readonly moved: boolean }): void {
    if (this.#phase !== 'paused') return;
    this.#phase = 'new';
    if (this.#states.size === 0) return;
    if (moved || !this.#areConnected) this.#restart();
    else this.#connected();
  }

  close(): void {
    this.#phase = 'lost';
    this.#cancel?.();
  }

  #connected(): void {
    this.#cancel?.();
    if (this.#phase === 'connected') return;
    this.#phase = 'connected';
    this.#options.onHealth('connected');
  }

  #waver(): void {
    if (this.#phase === 'connected') this.#wait('wavering', GRACE_MS, () => this.#restart());
  }

  #failed(): void {
    if (this.#phase === 'connected' || this.#phase === 'wavering') this.#restart();
    // What never connected wants a new start; a restart has its time.
    else if (this.#phase !== 'restarting') this.#lose();
  }

  #restart(): void {
    this.#wait('restarting', RESTART_MS, () => this.#lose());
    this.#options.onHealth('restarting');
    // Both ways share one path: where one broke, the other follows.
    Promise.all([...this.#states.keys()].map((direction) => this.#options.restart(direction))).then(
      () => this.#restarted(),
      () => this.#lose(),
    );
  }

  /** A path that never broke tells of no change. */
  #restarted(): void {
    if (this.#phase === 'restarting' && this.#areConnected) this.#connected();
  }

  get #areConnected(): boolean {
    return [...this.#states.values()].every((each) => each === 'connected');
  }

  #lose(): void {
    if (this.#phase === 'lost') return;
    this.close();
    this.#options.onHealth('lost');
  }

  #wait(phase: 'connecting' | 'wavering' | 'restarting', ms: number, then: () => void): void {
    this.#cancel?.();
    this.#phase = phase;
    this.#cancel = this.#options.clock.after(ms, then);
  }
}
