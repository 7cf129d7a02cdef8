import { raceAbort } from '../kernel/index.ts';
import type { Asked, ToHost } from './messages.ts';

type Answer = PromiseWithResolvers<unknown>;

/** What a host was asked and has not answered yet, by number. */
export class Requests {
  readonly #tell: (message: ToHost) => void;
  readonly #waiting = new Map<number, Answer>();
  #last = 0;

  constructor(tell: (message: ToHost) => void) {
    this.#tell = tell;
  }

  /** Rejects as the host does, or with the signal's reason; the host is told to give up then. */
  async ask<T>(question: Asked, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const request = ++this.#last;
    const answer: Answer = Promise.withResolvers();
    this.#waiting.set(request, answer);
    try {
      this.#tell({ ...question, request });
      const { promise } = answer;
      return (await (signal ? raceAbort(promise, signal) : promise)) as T;
    } finally {
      if (this.#waiting.delete(request)) this.#tell({ type: 'never-mind', request });
    }
  }

  resolve(request: number, value: unknown): void {
    this.#take(request)?.resolve(value);
  }

  reject(request: number, error: Error): void {
    this.#take(request)?.reject(error);
  }

  /** Nobody will answer any more. */
  rejectAll(error: Error): void {
    for (const request of [...this.#waiting.keys()]) this.reject(request, error);
  }

  #take(request: number): Answer | undefined {
    const answer = this.#waiting.get(request);
    this.#waiting.delete(request);
    return answer;
  }
}
