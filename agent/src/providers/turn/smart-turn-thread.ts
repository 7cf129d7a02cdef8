// The worker thread's entry: one model, one question at a time, until told to close.
import { parentPort, workerData } from 'node:worker_threads';
import { SmartTurnModel } from './smart-turn-model.ts';

export type ToTurnThread =
  | { readonly type: 'ask'; readonly audio: Int16Array<ArrayBuffer> }
  | { readonly type: 'close' };

export type FromTurnThread =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly message: string }
  | { readonly type: 'answer'; readonly probability: number }
  | { readonly type: 'failed'; readonly message: string };

const port = parentPort;
if (!port) throw new Error('this module runs on a worker thread');
const tell = (message: FromTurnThread): void => port.postMessage(message);
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

try {
  const model = await SmartTurnModel.load(workerData as string);
  let work = Promise.resolve();
  port.on('message', (message: ToTurnThread) => {
    work = work.then(async () => {
      if (message.type === 'close') {
        await model.release();
        port.close();
        return;
      }
      try {
        tell({ type: 'answer', probability: await model.probability(message.audio) });
      } catch (error) {
        tell({ type: 'failed', message: textOf(error) });
      }
    });
  });
  tell({ type: 'ready' });
} catch (error) {
  tell({ type: 'unusable', message: textOf(error) });
}
