import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { PcmFrame, Transcript } from '../../contracts/index.ts';
import { Channel } from '../../kernel/index.ts';
import { all, failureOf, framesOf, psWorker, speechClip, until } from '../../testing/index.ts';
import { PocketSphinxAsr } from './pocketsphinx.ts';
import { findPsModel } from './ps-server.ts';

const never = new AbortController().signal;
jest.setTimeout(60_000); // real programs on a machine that may be busy
const program = psWorker();
const installed = findPsModel();
const there = program && installed ? describe : describe.skip;
const binary = program ?? '';
const model = installed ?? { hmm: '', lm: '', dict: '' };

async function* stream(frames: readonly PcmFrame[]): AsyncGenerator<PcmFrame> {
  yield* frames;
}

/** Frames as fast as they are taken, then silence until `end`. */
function microphone(frames: readonly PcmFrame[]): Channel<PcmFrame> {
  const channel = new Channel<PcmFrame>({ capacity: 1000, overflow: 'fail' });
  for (const frame of frames) channel.push(frame);
  return channel;
}

/** Processes of a recogniser: the server's children, one for each utterance. */
const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

there('PocketSphinx on real speech', () => {
  let asr: PocketSphinxAsr;
  const warnings: string[] = [];
  beforeAll(async () => {
    const log = (_: string, message: string): void => void warnings.push(message);
    asr = await PocketSphinxAsr.load({ binary, model, timeoutMs: 10_000, log }, never);
  });
  afterAll(() => asr?.close());

  const heard = (clip: string, options = {}): Promise<Transcript[]> =>
    all(asr.transcribe(stream(framesOf(speechClip(clip).samples)), { signal: never, ...options }));

  test.each([
    ['goforward', 'go forward ten meters'],
    ['weatherlike', "what's the weather like"],
  ])('hears %s', async (clip, text) => {
    expect((await heard(clip, { language: 'en-GB' })).at(-1)).toEqual({ kind: 'final', text, language: 'en' });
  });

  test('tells what it has so far: partials grow, each differs from the last, one final ends them', async () => {
    const said = await heard('goforward');
    const partials = said.slice(0, -1);
    expect(partials.length).toBeGreaterThan(3);
    expect(partials.every(({ kind }) => kind === 'partial')).toBe(true);
    expect(partials.every(({ text }, i) => text !== partials[i - 1]?.text)).toBe(true);
    expect(partials[0]?.text.split(' ').length).toBeLessThan(3);
    expect(said.at(-1)?.kind).toBe('final');
  });

  test('tells partials while the caller still speaks', async () => {
    const mic = microphone(framesOf(speechClip('goforward').samples));
    const words = asr.transcribe(mic, { signal: never });
    expect((await words.next()).value).toMatchObject({ kind: 'partial' });
    mic.end();
    expect((await all(words)).at(-1)).toMatchObject({ kind: 'final', text: 'go forward ten meters' });
  });

  test('hears several callers at once', async () => {
    const finals = (await Promise.all(['goforward', 'weatherlike', 'goforward'].map((clip) => heard(clip)))).map(
      (said) => said.at(-1)?.text,
    );
    expect(finals).toEqual(['go forward ten meters', "what's the weather like", 'go forward ten meters']);
  });

  test('hears nothing in silence, and in nothing at all', async () => {
    const silence = framesOf(new Int16Array(16_000));
    expect((await all(asr.transcribe(stream(silence), { signal: never }))).at(-1)).toMatchObject({
      kind: 'final',
      text: '',
    });
    expect(await all(asr.transcribe(stream([]), { signal: never }))).toEqual([
      { kind: 'final', text: '', language: 'en' },
    ]);
  });

  test('says plainly that it knows English only', async () => {
    expect(await failureOf(heard('aishell-W0121', { language: 'zh-CN' }))).toMatchObject({
      stage: 'asr',
      reason: 'unsupported',
      message: expect.stringContaining('English only'),
    });
  });

  test('takes no other sample rate', async () => {
    const frame = { samples: new Int16Array(480), rate: 24_000, at: 0 };
    expect(await failureOf(all(asr.transcribe(stream([frame]), { signal: never })))).toMatchObject({
      reason: 'unsupported',
    });
  });

  test('leaves out the end of what is longer than two minutes, and says so', async () => {
    const silence = framesOf(new Int16Array(16_000 * 121), 1000);
    expect((await all(asr.transcribe(stream(silence), { signal: never }))).at(-1)).toMatchObject({ kind: 'final' });
    expect(warnings).toEqual([expect.stringContaining('longer than')]);
  });

  describe('when it is stopped', () => {
    test('before it began, does not begin', async () => {
      const signal = AbortSignal.abort(new Error('barge-in'));
      expect(await failureOf(all(asr.transcribe(microphone([]), { signal })))).toEqual(new Error('barge-in'));
    });

    test('in mid-utterance throws the reason and ends the process that listened', async () => {
      const stop = new AbortController();
      const words = asr.transcribe(microphone(framesOf(speechClip('jfk').samples)), { signal: stop.signal });
      await words.next();
      const [child] = childrenOf(asr.pid) as [number];
      stop.abort(new Error('barge-in'));
      expect(await failureOf(all(words))).toEqual(new Error('barge-in'));
      await until(() => !isAlive(child));
      expect((await heard('weatherlike')).at(-1)?.text).toBe("what's the weather like");
    });
  });

  describe('when a process dies', () => {
    test('the utterance that it heard is unavailable and lets go of the audio, the next one works', async () => {
      const frames = framesOf(speechClip('goforward').samples);
      const mic = microphone(frames);
      const words = asr.transcribe(mic, { signal: never });
      await words.next();
      for (const child of childrenOf(asr.pid)) process.kill(child, 'SIGKILL');
      expect(await failureOf(all(words))).toMatchObject({ stage: 'asr', reason: 'unavailable' });
      mic.push(frames[0] as PcmFrame);
      await until(() => mic.ended);
      expect((await heard('goforward')).at(-1)?.text).toBe('go forward ten meters');
    });

    test('the server with its model is started again for the next utterance', async () => {
      const words = asr.transcribe(microphone(framesOf(speechClip('goforward').samples)), { signal: never });
      await words.next();
      const pid = asr.pid as number;
      process.kill(pid, 'SIGKILL');
      expect(await failureOf(all(words))).toMatchObject({ stage: 'asr', reason: 'unavailable' });
      await until(() => asr.pid !== pid);
      expect((await heard('weatherlike')).at(-1)?.text).toBe("what's the weather like");
      expect(asr.pid).not.toBe(pid);
    });
  });
});
