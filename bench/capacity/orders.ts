import { BroadcastChannel } from 'node:worker_threads';
import { collectGarbage } from './garbage.ts';
import { Profiler, type ThreadProfile } from './profiler.ts';

/** What the bench has every thread of the server do. */
export type Order = 'collect-garbage' | 'start-profile' | 'stop-profile';
/** How those come who come from now on. */
export type Callers = 'plain' | 'encrypted';
export type Answer = ThreadProfile | undefined;

interface Asked {
  readonly number: number;
  readonly order: Order;
}

interface Answered {
  readonly to: number;
  readonly answer: Answer;
}

const ORDERS = 'parley-bench-orders';
const ANSWERS = 'parley-bench-answers';

function obeying(thread: string): (order: Order) => Promise<Answer> {
  const profiler = new Profiler(thread);
  return async (order) => {
    if (order === 'collect-garbage') collectGarbage();
    else if (order === 'start-profile') await profiler.start();
    else return profiler.stop();
    return undefined;
  };
}

/** On a host's thread: obeys until the returned function is called. */
export function obey(thread: string): () => void {
  const orders = new BroadcastChannel(ORDERS);
  const answers = new BroadcastChannel(ANSWERS);
  const act = obeying(thread);
  orders.onmessage = async (event) => {
    const { number, order } = (event as { data: Asked }).data;
    answers.postMessage({ to: number, answer: await act(order) } satisfies Answered);
  };
  // A thread that is done must end.
  orders.unref();
  answers.unref();
  return () => {
    orders.close();
    answers.close();
  };
}

/** On the main thread: has itself and so many host threads obey. */
export class Commander {
  readonly #orders = new BroadcastChannel(ORDERS);
  readonly #answers = new BroadcastChannel(ANSWERS);
  readonly #act = obeying('main');
  readonly #threads: number;
  #number = 0;

  constructor(threads: number) {
    this.#threads = threads;
  }

  async all(order: Order): Promise<Answer[]> {
    const number = ++this.#number;
    const heard: Answer[] = [];
    const others = new Promise<void>((resolve) => {
      this.#answers.onmessage = (event) => {
        const { to, answer } = (event as { data: Answered }).data;
        if (to === number && heard.push(answer) === this.#threads) resolve();
      };
    });
    this.#orders.postMessage({ number, order } satisfies Asked);
    const own = await this.#act(order);
    await others;
    return [own, ...heard];
  }

  close(): void {
    this.#orders.close();
    this.#answers.close();
  }
}
