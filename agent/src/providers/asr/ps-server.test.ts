import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { all, failureOf, ManualClock, psWorker, until } from '../../testing/index.ts';
import { PocketSphinxAsr } from './pocketsphinx.ts';
import { findPsModel, PsServer, type PsServerOptions } from './ps-server.ts';

const never = new AbortController().signal;
jest.setTimeout(60_000); // real programs on a machine that may be busy
const program = psWorker();
const installed = findPsModel();
const there = program && installed ? describe : describe.skip;
const binary = program ?? '';
const model = installed ?? { hmm: '', lm: '', dict: '' };

/** Processes of a recogniser: the server's children, one for each utterance. */
const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

/** Tells which timers were asked for. */
class WatchedClock extends ManualClock {
  readonly asked: number[] = [];

  override after(ms: number, fn: () => void): () => void {
    this.asked.push(ms);
    return super.after(ms, fn);
  }
}

async function* nothing(): AsyncGenerator<never> {}

there('the recogniser process', () => {
  const start = (options: Partial<PsServerOptions> = {}): Promise<PsServer> =>
    PsServer.start({ binary, model, ...options }, never);

  test('leaves nothing behind when it is closed, in the middle of an utterance too', async () => {
    const server = await start();
    const socket = await server.connect(never);
    const { pid } = server;
    const flags = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const folder = dirname(flags[flags.indexOf('-listen') + 1] as string);
    expect(existsSync(folder)).toBe(true);
    await until(() => childrenOf(pid).length === 1);
    const [child] = childrenOf(pid) as [number];
    await Promise.all([server.close(), server.close()]);
    await until(() => !isAlive(child) && !isAlive(pid as number));
    expect(existsSync(folder)).toBe(false);
    socket.destroy();
    expect(await failureOf(server.connect(never))).toMatchObject({ reason: 'unavailable' });
  });

  test('ends when the one that started it dies without a word', async () => {
    const parent = `
      const { spawn } = require('node:child_process');
      const args = ${JSON.stringify(['-hmm', model.hmm, '-lm', model.lm, '-dict', model.dict])};
      const folder = require('node:fs').mkdtempSync(require('node:os').tmpdir() + '/orphan-');
      const child = spawn(${JSON.stringify(binary)}, ['-listen', folder + '/socket', ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
      child.stdout.once('data', () => {
        console.log(child.pid + ' ' + folder);
        process.kill(process.pid, 'SIGKILL');
      });`;
    let printed = '';
    try {
      execFileSync(process.execPath, ['-e', parent], { encoding: 'utf8' });
    } catch (killed) {
      printed = (killed as { stdout: string }).stdout;
    }
    const [pid, folder = ''] = printed.trim().split(' ');
    expect(Number(pid)).toBeGreaterThan(0);
    await until(() => !isAlive(Number(pid)));
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['a frame that is too long', Buffer.from([0x41, 0xff, 0xff, 0xff, 0x7f])],
    ['a frame of half a sample', Buffer.from([0x41, 1, 0, 0, 0])],
    ['a frame of no known kind', Buffer.from([0x5a, 0, 0, 0, 0])],
  ])('refuses %s', async (_, bytes) => {
    const server = await start();
    const socket = await server.connect(never);
    socket.write(bytes);
    expect(Buffer.concat((await all(socket)) as Buffer[]).toString()).toBe(
      '{"t":"error","message":"malformed frame"}\n',
    );
    await server.close();
  });

  test('takes an utterance that comes byte by byte', async () => {
    const server = await start();
    const socket = await server.connect(never);
    for (const byte of Buffer.from([0x41, 4, 0, 0, 0, 1, 0, 2, 0, 0x45, 0, 0, 0, 0])) socket.write(Buffer.of(byte));
    expect(Buffer.concat((await all(socket)) as Buffer[]).toString()).toMatch(/^\{"t":"final","ms":0,.*"text":""\}\n$/);
    await server.close();
  });

  test('does not stay when its client leaves without the end', async () => {
    const server = await start();
    const socket = await server.connect(never);
    await until(() => childrenOf(server.pid).length === 1);
    socket.destroy();
    await until(() => childrenOf(server.pid).length === 0);
    await server.close();
  });
});

describe('a recogniser that cannot start', () => {
  const signal = never;
  const broken = { model: { hmm: '/nowhere', lm: '/nowhere', dict: '/nowhere' }, timeoutMs: 1000 };
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** A program that does what the script says. */
  function fake(script: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'fake-ps-'));
    folders.push(folder);
    const path = join(folder, 'worker');
    writeFileSync(path, `#!${process.execPath}\n${script}`);
    chmodSync(path, 0o755);
    return path;
  }

  test('is unavailable where the program is missing', async () => {
    expect(await failureOf(PocketSphinxAsr.load({ ...broken, binary: '/no/such/program' }, signal))).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('ENOENT'),
    });
  });

  (program ? test : test.skip)('is unavailable where the model is missing', async () => {
    expect(await failureOf(PocketSphinxAsr.load({ ...broken, binary }, signal))).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('could not load its model'),
    });
  });

  test('is unavailable where its model does not load in time', async () => {
    const clock = new WatchedClock();
    const loading = failureOf(
      PocketSphinxAsr.load({ ...broken, binary: fake('setInterval(() => {}, 1000)'), clock }, signal),
    );
    await until(() => clock.asked.includes(20_000));
    await clock.advance(20_000);
    expect(await loading).toMatchObject({ message: expect.stringContaining('did not load in time') });
  });

  test('is tried again after longer and longer rests', async () => {
    const clock = new WatchedClock();
    const marks: string[] = [];
    const log = (_: string, message: string): void => void marks.push(message);
    // Says that it listens, then dies at once.
    const flaky = fake('console.log(\'{"t":"listening"}\'); setImmediate(() => process.exit(7));');
    const server = await PsServer.start({ ...broken, binary: flaky, clock, log }, signal);
    for (const rest of ['', ' in 250 ms', ' in 1000 ms', ' in 4000 ms']) {
      await until(() => marks.at(-1)?.endsWith(`starting it again${rest}`) ?? false);
      if (rest)
        expect(await failureOf(server.connect(signal))).toMatchObject({ message: expect.stringContaining('exit 7') });
      if (rest) await clock.advance(Number(rest.replace(/\D/g, '')));
    }
    await server.close();
  });

  test('fails an utterance whose final text does not come', async () => {
    const clock = new WatchedClock();
    const silent = fake(`
      const path = process.argv[process.argv.indexOf('-listen') + 1];
      require('node:net').createServer((socket) => socket.resume()).listen(path, () => console.log('{"t":"listening"}'));`);
    const asr = await PocketSphinxAsr.load({ ...broken, binary: silent, clock }, signal);
    const failing = failureOf(all(asr.transcribe(nothing(), { signal })));
    await until(() => clock.asked.includes(1000));
    await clock.advance(1000);
    expect(await failing).toMatchObject({ stage: 'asr', reason: 'timeout' });
    await asr.close();
  });
});
