import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ProviderError } from '../../contracts/index.ts';
import { abortable, raceAbort } from '../../kernel/index.ts';

/** Speaking at the same time; each takes about 10 ms, so more would only share the processor. */
const MAX_SPEAKING = 8;
const MAX_WAITING = 256;
/** Started ahead, one for each of the latest ways to speak. */
const MAX_SPARES = 4;

interface Process {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What it said of why it failed; empty where it did not. Never rejects. */
  readonly failure: Promise<string>;
}

/** eSpeak NG processes: one for each text, the next one started ahead. None outlives its text, an abort or `close`. */
export class EspeakPool {
  readonly #program: string;
  readonly #spares = new Map<string, Process>();
  readonly #live = new Set<Process>();
  readonly #waiting: (() => void)[] = [];
  #speaking = 0;
  #closing: Promise<void> | undefined;

  constructor(program: string) {
    this.#program = program;
  }

  /** Processes that are alive, spares included. */
  get live(): number {
    return this.#live.size;
  }

  /** The bytes of a WAV file as they come. Throws ProviderError, or the signal's reason. */
  async *speak(flags: readonly string[], text: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted();
    await this.#enter(signal);
    let process: Process | undefined;
    try {
      process = this.#take(flags);
      process.child.stdin.end(text);
      for await (const chunk of abortable(process.child.stdout, signal)) yield chunk as Uint8Array;
      const failure = await raceAbort(process.failure, signal);
      if (failure !== '') throw unavailable(failure);
      setImmediate(() => this.prepare(flags)); // starting one takes some ms, which this text need not wait for
    } finally {
      process?.child.kill('SIGKILL');
      this.#leave();
    }
  }

  /** Has a process ready for the next text that is spoken this way. */
  prepare(flags: readonly string[]): void {
    const key = flags.join(' ');
    if (this.#closing || this.#spares.has(key)) return;
    for (const [old, { child }] of this.#spares) {
      if (this.#spares.size < MAX_SPARES) break;
      this.#spares.delete(old);
      child.kill('SIGKILL');
    }
    const spare = this.#spawn(flags);
    this.#spares.set(key, spare);
    void spare.failure.then(() => {
      if (this.#spares.get(key) === spare) this.#spares.delete(key);
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    const all = [...this.#live];
    for (const { child } of all) child.kill('SIGKILL');
    await Promise.all(all.map(({ failure }) => failure));
  }

  #take(flags: readonly string[]): Process {
    if (this.#closing) throw unavailable('closed');
    const key = flags.join(' ');
    const spare = this.#spares.get(key);
    this.#spares.delete(key);
    return spare ?? this.#spawn(flags);
  }

  #spawn(flags: readonly string[]): Process {
    const child = spawn(this.#program, [...flags, '--stdin', '--stdout'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => {}); // it died: its exit says so
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, 500);
    });
    const failure = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) =>
        resolve(code === 0 ? '' : `${said.trim().split('\n')[0] || 'it stopped'} (${signal ?? `exit ${code}`})`),
      );
    });
    const process = { child, failure };
    this.#live.add(process);
    void failure.then(() => this.#live.delete(process));
    return process;
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#speaking < MAX_SPEAKING) {
      this.#speaking++;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) throw unavailable('too many texts at once');
    let turn: (() => void) | undefined;
    try {
      await raceAbort(new Promise<void>((resolve) => this.#waiting.push((turn = resolve))), signal);
    } catch (error) {
      const at = this.#waiting.indexOf(turn as () => void);
      if (at >= 0) this.#waiting.splice(at, 1);
      else this.#leave(); // its turn came as it gave up
      throw error;
    }
  }

  /** Hands its place to the next in line. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#speaking--;
  }
}

const unavailable = (why: string): ProviderError =>
  ProviderError.unavailable('tts', `eSpeak NG is not available: ${why}`);
