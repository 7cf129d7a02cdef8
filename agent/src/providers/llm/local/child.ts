// The child process's entry: one language model, asked by messages until its parent is gone. Started by local.ts.
import { seatFor } from './desk.ts';
import { checkGguf } from './gguf-head.ts';
import type { Answer, Request } from './messages.ts';
import { type Reply, Writer } from './writer.ts';

/**
 * Answers at the same time: each seat holds a conversation's context in memory, and a processor that serves two is half
 * as fast for each. The others wait in their order.
 */
const SEATS = 2;
/** Tokens that are read in one step, which cannot be stopped: larger steps are hardly quicker on a processor. */
const BATCH_TOKENS = 128;

/** At most as many as there are requests. */
const waiting = new Map<number, Reply>();
const writing = new Map<number, AbortController>();
let writers: readonly Writer[] = [];

const tell = (answer: Answer): void => {
  process.send?.(answer, () => {}); // a parent that is gone ends this process
};

async function load({ file, threads, contextTokens }: Extract<Request, { type: 'load' }>): Promise<void> {
  await checkGguf(file);
  const { getLlama, LlamaChat, LlamaLogLevel } = await import('node-llama-cpp').catch((error: Error) => {
    throw new Error(`node-llama-cpp is not installed: run npm install (${error.message})`);
  });
  // Nothing is built or downloaded here; a GPU's builds are not installed (docs/engines-llm.md).
  const quietly = { build: 'never', skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.error } as const;
  const llama = await getLlama({ ...quietly, gpu: false, maxThreads: threads });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({
    contextSize: Math.min(contextTokens, model.trainContextSize),
    sequences: SEATS,
    threads,
    batchSize: BATCH_TOKENS,
  });
  writers = Array.from({ length: SEATS }, () => {
    const sequence = context.getSequence();
    return new Writer(sequence, new LlamaChat({ contextSequence: sequence }));
  });
  tell({ type: 'ready' });
}

function writeNext(): void {
  for (const reply of waiting.values()) {
    const writer = seatFor(writers, reply.history);
    if (!writer) return;
    waiting.delete(reply.id);
    void write(writer, reply);
  }
}

async function write(writer: Writer, reply: Reply): Promise<void> {
  const { id } = reply;
  const stop = new AbortController();
  writing.set(id, stop);
  try {
    const onText = (delta: string): void => {
      if (!stop.signal.aborted) tell({ type: 'text', id, delta });
    };
    const written = await writer.write(reply, { signal: stop.signal, onText });
    if (!stop.signal.aborted) tell({ type: 'done', id, ...written });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!stop.signal.aborted) tell({ type: 'error', id, message });
  }
  writing.delete(id);
  writeNext();
}

process.on('message', (request: Request) => {
  if (request.type === 'load') {
    load(request).catch((error) =>
      tell({ type: 'failed', message: error instanceof Error ? error.message : `${error}` }),
    );
  } else if (request.type === 'reply') {
    waiting.set(request.id, request);
    writeNext();
  } else {
    waiting.delete(request.id);
    writing.get(request.id)?.abort(new Error('cancelled'));
  }
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the parent decides when this one goes.
process.on('SIGINT', () => {});
