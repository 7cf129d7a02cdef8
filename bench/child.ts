import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { within } from './within.ts';

/** A child that does not end by itself within this time is killed, in ms. */
const END_PATIENCE_MS = 8000;

/** A process of the bench's own: answers over its channel, ends when that is closed, is killed when it does not. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  #closing: Promise<void> | undefined;

  constructor(module: URL, args: readonly string[] = []) {
    // Its standard output is not ours: the last line of that is the bench's result.
    this.#process = fork(module, args, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#exit = once(this.#process, 'exit');
    process.once('exit', this.#kill);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Resolves when the process has ended. */
  get ended(): Promise<unknown> {
    return this.#exit;
  }

  tell(message: Serializable): void {
    this.#process.send(message);
  }

  /** Calls `fn` with every message from now on. */
  hear(fn: (message: unknown) => void): void {
    this.#process.on('message', fn);
  }

  /** The next message; rejects when the child ends before it, or after `ms`. */
  async answer<T>(ms: number, what: string): Promise<T> {
    const ended = this.#exit.then(() => undefined);
    const arrived = await within(ms, what, Promise.race([once(this.#process, 'message'), ended]));
    if (!arrived) throw new Error(`the process ended without ${what}`);
    return arrived[0] as T;
  }

  /** Resolves when the process is gone. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      await within(END_PATIENCE_MS, 'the end', this.#exit).catch(() => {
        this.#kill();
        return this.#exit;
      });
    }
    process.removeListener('exit', this.#kill);
  }

  readonly #kill = (): void => void this.#process.kill('SIGKILL');
}
