import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, jest, test } from '@jest/globals';
import { failureOf, hasSherpa, ManualClock, TINY_ASR, until } from '../../testing/index.ts';
import { detectAsrModel } from './detect-model.ts';
import type { SherpaModel } from './model.ts';
import { type Asker, SherpaServer, type SherpaServerOptions } from './server.ts';

const never = new AbortController().signal;
jest.setTimeout(60_000); // real processes on a machine that may be busy
const there = hasSherpa() ? describe : describe.skip;
const SCRIPTED = fileURLToPath(new URL('./testing/scripted-child.ts', import.meta.url));
const SERVER = new URL('./server.ts', import.meta.url).href;

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const nobody: Asker = { answered: () => {}, failed: () => {} };

/** Tells which timers were asked for. */
class WatchedClock extends ManualClock {
  readonly asked: number[] = [];

  override after(ms: number, fn: () => void): () => void {
    this.asked.push(ms);
    return super.after(ms, fn);
  }
}

describe('a child that does not do its work', () => {
  const start = (script: string, options: Partial<SherpaServerOptions> = {}): Promise<SherpaServer> => {
    const model: SherpaModel = { kind: 'vits', files: { script } };
    return SherpaServer.start({ stage: 'asr', model, entry: SCRIPTED, ...options }, never);
  };

  test('is unavailable with what it says', async () => {
    expect(await failureOf(start('fails'))).toMatchObject({
      name: 'EngineUnavailable',
      stage: 'asr',
      message: expect.stringContaining('the addon is not installed'),
    });
  });

  test('is unavailable where its program is not there', async () => {
    expect(await failureOf(start('', { entry: '/no/such/child.ts' }))).toMatchObject({ name: 'EngineUnavailable' });
  });

  test('is unavailable and ended where its model does not load in time', async () => {
    const clock = new WatchedClock();
    const loading = failureOf(start('never loads', { clock }));
    await until(() => clock.asked.includes(120_000));
    await clock.advance(120_000);
    expect(await loading).toMatchObject({ message: expect.stringContaining('did not load in time') });
  });

  test('does not load any longer when nobody waits', async () => {
    const stop = new AbortController();
    const model: SherpaModel = { kind: 'vits', files: { script: 'never loads' } };
    const loading = failureOf(SherpaServer.start({ stage: 'asr', model, entry: SCRIPTED }, stop.signal));
    stop.abort(new Error('shutdown'));
    expect(await loading).toEqual(new Error('shutdown'));
  });

  test('is tried again after longer and longer rests', async () => {
    const clock = new WatchedClock();
    const said: string[] = [];
    const server = await start('dies when loaded', { clock, log: (_, message) => void said.push(message) });
    for (const rest of ['', ' in 250 ms', ' in 1000 ms', ' in 4000 ms']) {
      await until(() => said.at(-1)?.endsWith(`starting it again${rest}`) ?? false);
      if (rest === '') continue;
      expect(await failureOf(server.line(nobody, never))).toMatchObject({
        reason: 'unavailable',
        retryable: true,
        message: expect.stringContaining('exit 7'),
      });
      await clock.advance(Number(rest.replace(/\D/g, '')));
    }
    await server.close();
  });

  test('is ended when it says what no child says', async () => {
    const said: string[] = [];
    const server = await start('speaks nonsense', { log: (_, message) => void said.push(message) });
    await until(() => said.some((message) => message.includes('SIGKILL')));
    await server.close();
  });

  test('is given no more than 64 requests at once', async () => {
    const server = await start('is deaf');
    const lines = await Promise.all(Array.from({ length: 64 }, () => server.line(nobody, never)));
    expect(await failureOf(server.line(nobody, never))).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('64 requests'),
    });
    lines[0]?.close();
    await expect(server.line(nobody, never)).resolves.toBeDefined();
    await server.close();
  });
});

there('the process of sherpa-onnx', () => {
  test('is gone when it is closed, and its requests are told', async () => {
    const server = await SherpaServer.start({ stage: 'asr', model: await detectAsrModel(TINY_ASR) }, never);
    const pid = server.pid as number;
    const failed = new Promise((resolve) => {
      void server.line({ answered: () => {}, failed: resolve }, never);
    });
    await Promise.resolve();
    await Promise.all([server.close(), server.close()]);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(await failed).toMatchObject({ reason: 'unavailable', message: expect.stringContaining('closed') });
    expect(await failureOf(server.line(nobody, never))).toMatchObject({ reason: 'unavailable' });
  });

  test('is shown no keys', async () => {
    process.env.SOME_API_KEY = 'secret';
    const server = await SherpaServer.start({ stage: 'asr', model: await detectAsrModel(TINY_ASR) }, never);
    expect(readFileSync(`/proc/${server.pid}/environ`, 'utf8')).not.toContain('secret');
    await server.close();
  });

  const starting = `
    import { writeSync } from 'node:fs';
    const { SherpaServer } = await import(${JSON.stringify(SERVER)});
    const { detectAsrModel } = await import(${JSON.stringify(new URL('./detect-model.ts', SERVER).href)});
    const model = await detectAsrModel(${JSON.stringify(TINY_ASR)});
    const server = await SherpaServer.start({ stage: 'asr', model }, new AbortController().signal);`;

  test('ends when the one that started it dies without a word', async () => {
    let printed = '';
    try {
      const script = `${starting} writeSync(1, String(server.pid)); process.kill(process.pid, 'SIGKILL');`;
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', stdio: 'pipe' });
    } catch (killed) {
      printed = (killed as { stdout: string }).stdout;
    }
    expect(Number(printed)).toBeGreaterThan(0);
    await until(() => !isAlive(Number(printed)));
  });

  test('ends with the worker thread that started it', async () => {
    const script = `${starting} (await import('node:worker_threads')).parentPort.postMessage(server.pid);`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    const pid = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(isAlive(pid)).toBe(true);
    await worker.terminate();
    await until(() => !isAlive(pid));
  });

  test('leaves it to its parent when Ctrl-C ends it', async () => {
    const server = await SherpaServer.start({ stage: 'asr', model: await detectAsrModel(TINY_ASR) }, never);
    const pid = server.pid as number;
    await new Promise((resolve) => execFile('kill', ['-INT', String(pid)], resolve));
    await new Promise(
      (resolve) =>
        void server.line({ answered: resolve, failed: resolve }, never).then((line) => {
          line.send({ type: 'open', id: line.id });
          line.send({ type: 'end', id: line.id });
        }),
    );
    expect(server.pid).toBe(pid);
    await server.close();
  });
});
