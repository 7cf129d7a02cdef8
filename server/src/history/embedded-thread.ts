// The thread of the embedded database: its queries are synchronous WebAssembly, which must not hold up signaling.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { Answer, Question } from './embedded.ts';

/** PGlite asks for 128 MB of buffers; a history reads little at a time. */
const SHARED_BUFFERS = '8MB';

const port = parentPort;
if (!port) throw new TypeError('this is the entry of a worker thread');
const database = await PGlite.create({
  dataDir: (workerData as { folder: string }).folder,
  startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${SHARED_BUFFERS}`],
});
port.postMessage({ type: 'ready' } satisfies Answer);

port.on('message', async (question: Question) => {
  const { id } = question;
  try {
    if (question.type === 'close') {
      await database.close();
      port.postMessage({ type: 'rows', id, rows: [] } satisfies Answer);
      port.close();
      return;
    }
    const rows = await database.transaction(async (transaction) => {
      const all = [];
      for (const { sql, values } of question.statements) {
        if (values) all.push((await transaction.query<Record<string, unknown>>(sql, [...values])).rows);
        else all.push((await transaction.exec(sql)).at(-1)?.rows ?? []);
      }
      return all;
    });
    port.postMessage({ type: 'rows', id, rows } satisfies Answer);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    port.postMessage({ type: 'failed', id, code, message } satisfies Answer);
  }
});
