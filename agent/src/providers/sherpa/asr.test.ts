import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AsrOptions, PcmFrame, Transcript } from '../../contracts/index.ts';
import { Channel } from '../../kernel/index.ts';
import { all, failureOf, framesOf, hasSherpa, ManualClock, TINY_ASR, tinyClip, until } from '../../testing/index.ts';
import { SherpaAsr } from './asr.ts';
import { detectAsrModel } from './detect-model.ts';

const never = new AbortController().signal;
jest.setTimeout(60_000); // real processes on a machine that may be busy
const there = hasSherpa() ? describe : describe.skip;
const COMMANDS = 'start-play-next-seven-two-stop';

async function* stream(frames: readonly PcmFrame[]): AsyncGenerator<PcmFrame> {
  yield* frames;
}

/** Frames as fast as they are taken, then silence until `end`. */
function microphone(frames: readonly PcmFrame[]): Channel<PcmFrame> {
  const channel = new Channel<PcmFrame>({ capacity: 1000, overflow: 'fail' });
  for (const frame of frames) channel.push(frame);
  return channel;
}

const commands = (): PcmFrame[] => framesOf(tinyClip(COMMANDS).samples);
const heard = (asr: SherpaAsr, frames = commands(), options: Partial<AsrOptions> = {}): Promise<Transcript[]> =>
  all(asr.transcribe(stream(frames), { signal: never, ...options }));

there('a streaming model of sherpa-onnx', () => {
  let asr: SherpaAsr;
  const warnings: string[] = [];
  beforeAll(async () => {
    const log = (_: string, message: string): void => void warnings.push(message);
    asr = await SherpaAsr.load({ model: TINY_ASR, timeoutMs: 20_000, log }, never);
  });
  afterAll(() => asr?.close());

  test('hears, word by word: each partial differs from the last, one final ends them', async () => {
    const said = await heard(asr);
    expect(asr.model.kind).toBe('streaming-nemo-ctc');
    expect(said.at(-1)).toEqual({ kind: 'final', text: 'start play next seven two stop' });
    const partials = said.slice(0, -1);
    expect(partials.length).toBeGreaterThan(2);
    expect(partials.every(({ kind, text }, i) => kind === 'partial' && text !== partials[i - 1]?.text)).toBe(true);
  });

  test('tells partials while the caller still speaks', async () => {
    const mic = microphone(commands());
    const words = asr.transcribe(mic, { signal: never });
    expect((await words.next()).value).toMatchObject({ kind: 'partial' });
    mic.end();
    expect((await all(words)).at(-1)).toMatchObject({ kind: 'final', text: 'start play next seven two stop' });
  });

  test('hears many callers at once, each their own words', async () => {
    const hello = framesOf(tinyClip('hello-weather').samples);
    const said = await Promise.all(Array.from({ length: 20 }, (_, i) => heard(asr, i % 2 ? hello : commands())));
    said.forEach((words, i) => {
      expect(words.at(-1)?.text).toBe(i % 2 ? 'hello weather' : 'start play next seven two stop');
    });
  });

  test('hears nothing in silence, and in nothing at all', async () => {
    expect((await heard(asr, framesOf(new Int16Array(16_000)))).at(-1)).toEqual({ kind: 'final', text: '' });
    expect(await heard(asr, [])).toEqual([{ kind: 'final', text: '' }]);
  });

  test('says the language that it was told', async () => {
    expect((await heard(asr, [], { language: 'en-GB' })).at(-1)).toMatchObject({ language: 'en-GB' });
  });

  test('takes no other sample rate', async () => {
    const frame = { samples: new Int16Array(480), rate: 24_000, at: 0 };
    expect(await failureOf(heard(asr, [frame]))).toMatchObject({ stage: 'asr', reason: 'unsupported' });
  });

  test('leaves out the end of what is longer than two minutes, and says so', async () => {
    const silence = framesOf(new Int16Array(16_000 * 121), 1000);
    expect((await heard(asr, silence)).at(-1)).toMatchObject({ kind: 'final' });
    expect(warnings).toEqual([expect.stringContaining('too long')]);
  });

  test('that is stopped before it began does not begin', async () => {
    const signal = AbortSignal.abort(new Error('barge-in'));
    expect(await failureOf(heard(asr, [], { signal }))).toEqual(new Error('barge-in'));
  });

  test('that is stopped in mid-utterance throws the reason within 50 ms and lets go of the audio', async () => {
    const stop = new AbortController();
    const frames = commands();
    const mic = microphone(frames);
    const words = asr.transcribe(mic, { signal: stop.signal });
    await words.next();
    const stopping = failureOf(all(words));
    const at = performance.now();
    stop.abort(new Error('barge-in'));
    expect(await stopping).toEqual(new Error('barge-in'));
    expect(performance.now() - at).toBeLessThan(50);
    mic.push(frames[0] as PcmFrame);
    await until(() => mic.ended);
    expect((await heard(asr)).at(-1)?.text).toBe('start play next seven two stop');
  });

  test('that is killed in mid-utterance fails it so that it can be tried again, and the next one works', async () => {
    const mic = microphone(commands());
    const words = asr.transcribe(mic, { signal: never });
    await words.next();
    const pid = asr.pid as number;
    process.kill(pid, 'SIGKILL');
    expect(await failureOf(all(words))).toMatchObject({
      name: 'ProviderError',
      stage: 'asr',
      reason: 'unavailable',
      retryable: true,
    });
    expect((await heard(asr)).at(-1)?.text).toBe('start play next seven two stop');
    expect(asr.pid).not.toBe(pid);
  });
});

there('a model that is not streaming', () => {
  test('hears the whole at its end, several callers at once', async () => {
    const asr = await SherpaAsr.load({ model: TINY_ASR, kind: 'zipformer-ctc', timeoutMs: 20_000 }, never);
    const said = await Promise.all([1, 2, 3, 4].map(() => heard(asr)));
    for (const words of said) expect(words).toEqual([{ kind: 'final', text: 'start play next seven two stop' }]);
    expect(await heard(asr, [])).toEqual([{ kind: 'final', text: '' }]);
    await asr.close();
  });

  test('of one language says so, and refuses others', async () => {
    const model = await detectAsrModel(TINY_ASR, 'zipformer-ctc');
    const asr = await SherpaAsr.load({ model: { ...model, languages: ['en'] }, timeoutMs: 20_000 }, never);
    expect((await heard(asr)).at(-1)).toMatchObject({ language: 'en' });
    expect(await failureOf(heard(asr, [], { language: 'zh-CN' }))).toMatchObject({ reason: 'unsupported' });
    await asr.close();
  });
});

there('a child that hangs', () => {
  test('takes no more than two seconds of audio, is timed out, and is replaced', async () => {
    const clock = new ManualClock();
    const asr = await SherpaAsr.load({ model: TINY_ASR, timeoutMs: 5000, clock }, never);
    const pid = asr.pid as number;
    process.kill(pid, 'SIGSTOP');
    let taken = 0;
    const endless = async function* (): AsyncGenerator<PcmFrame> {
      for (; ; taken += 20) yield { samples: new Int16Array(320), rate: 16_000, at: taken };
    };
    const failing = failureOf(all(asr.transcribe(endless(), { signal: never })));
    await until(() => taken >= 2000);
    await clock.advance(4999);
    expect(taken).toBe(2000);
    await clock.advance(1);
    expect(await failing).toMatchObject({ stage: 'asr', reason: 'timeout', retryable: true });
    await until(() => asr.pid !== pid);
    expect((await heard(asr)).at(-1)?.text).toBe('start play next seven two stop');
    await asr.close();
  });
});

there('a model file that is damaged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'damaged-model-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const damaged = (name: string, harm: (bytes: Buffer) => Buffer): string => {
    const dir = join(folder, name);
    cpSync(TINY_ASR, dir, { recursive: true });
    for (const file of ['asr-online.onnx', 'asr-offline.onnx'])
      writeFileSync(join(dir, file), harm(readFileSync(join(dir, file))));
    return dir;
  };

  test.each([['streaming-nemo-ctc'], ['zipformer-ctc']] as const)(
    'inside ends %s as an engine that is unavailable, with a message, and nothing else',
    async (kind) => {
      const model = damaged(`inside-${kind}`, (bytes) => bytes.fill(0xff, 1000, 9000));
      expect(await failureOf(SherpaAsr.load({ model, kind, timeoutMs: 1000 }, never))).toMatchObject({
        name: 'EngineUnavailable',
        engine: 'sherpa',
        message: expect.stringMatching(/sherpa-onnx is not available: .{10}/),
      });
    },
  );

  test('so that its end is missing is not taken for a model', async () => {
    const model = damaged('short', (bytes) => bytes.subarray(0, bytes.length / 2));
    expect(await failureOf(SherpaAsr.load({ model, timeoutMs: 1000 }, never))).toMatchObject({
      name: 'EngineUnavailable',
      message: expect.stringContaining('damaged'),
    });
  });

  test('or lacks what sherpa-onnx asks for ends as an engine that is unavailable, with what it lacks', async () => {
    const files = { model: join(TINY_ASR, 'asr-offline.onnx'), tokens: join(TINY_ASR, 'tokens.txt') };
    const model = { kind: 'streaming-zipformer-ctc', files } as const; // it is another kind
    expect(await failureOf(SherpaAsr.load({ model, timeoutMs: 1000 }, never))).toMatchObject({
      name: 'EngineUnavailable',
      message: expect.stringContaining('metadata'),
    });
  });
});
