import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AsrProvider, PcmFrame, Transcript } from '../../../contracts/index.ts';
import { Channel } from '../../../kernel/index.ts';
import { all, failureOf, framesOf, type ManualClock, speechClip, until } from '../../../testing/index.ts';
import { type AsrTrouble, hasHeard, type ScriptedRecogniser } from './scripted-recogniser.ts';

export interface Scripted {
  readonly server: ScriptedRecogniser;
  readonly clock: ManualClock;
  readonly timeoutMs: number;
}

export interface AsrUnderTest {
  readonly asr: AsrProvider;
  readonly scripted?: Scripted;
  close(): Promise<void>;
}

export interface AsrSubject {
  readonly name: string;
  readonly partials: 'while-speaking' | 'after-the-end' | 'none';
  /** What it hears in the clip `goforward`. */
  readonly words: string;
  /** It talks to a scripted server. */
  readonly scripted: boolean;
  open(): Promise<AsrUnderTest>;
}

const TROUBLES: Readonly<Record<AsrTrouble, string>> = {
  stall: 'timeout',
  cut: 'unavailable',
  rubbish: 'unavailable',
  'refused-key': 'auth',
  'rate-limit': 'rate-limited',
};
const ABORT_MS = 50;
/** The machine may be busy; an engine that is slow is so each time. */
const TRIES = 3;
const never = new AbortController().signal;
const clip = speechClip('goforward').samples;

async function* stream(frames: Iterable<PcmFrame>): AsyncGenerator<PcmFrame> {
  yield* frames;
}

/** Frames that are there at once; more, or the end, when the test says so. */
function microphone(frames: readonly PcmFrame[]): Channel<PcmFrame> {
  const channel = new Channel<PcmFrame>({ capacity: 1000, overflow: 'fail' });
  for (const frame of frames) channel.push(frame);
  return channel;
}

/** What every recogniser must keep to. */
export function asrContract({ name, partials, words, scripted, open }: AsrSubject): void {
  describe(`${name} keeps the contract of recognisers`, () => {
    let under: AsrUnderTest;
    beforeEach(async () => {
      under = await open();
      if (under.scripted) under.scripted.server.words = () => words;
    });
    afterEach(async () => {
      await under.asr.close?.();
      if (under.scripted) expect(under.scripted.server.complaints).toEqual([]);
      await under.close();
    });

    const hear = (audio: AsyncIterable<PcmFrame> = stream(framesOf(clip)), signal = never): Promise<Transcript[]> =>
      all(under.asr.transcribe(audio, { signal, language: 'en' }));

    test('gives one final, at the end, in words', async () => {
      const said = await hear();
      expect(said.at(-1)).toMatchObject({ kind: 'final', text: words });
      expect(said.slice(0, -1).every(({ kind }) => kind === 'partial')).toBe(true);
      expect(said.length > 1).toBe(partials !== 'none');
    });

    test('says whether words come while the audio does', () => {
      expect(under.asr.partials ?? false).toBe(partials === 'while-speaking');
    });

    if (partials === 'while-speaking')
      test('gives words while the caller still speaks', async () => {
        const audio = microphone(framesOf(clip));
        const transcripts = under.asr.transcribe(audio, { signal: never, language: 'en' })[Symbol.asyncIterator]();
        const first = await transcripts.next();
        expect(first.value).toMatchObject({ kind: 'partial', text: expect.stringMatching(/\w/) });
        audio.end();
        let last = first;
        for (let at = first; !at.done; at = await transcripts.next()) last = at;
        expect(last.value).toMatchObject({ kind: 'final', text: words });
      });

    test('gives an empty final for an utterance without audio', async () => {
      expect(await hear(stream([]))).toEqual([expect.objectContaining({ kind: 'final', text: '' })]);
    });

    test('understands several at once', async () => {
      if (under.scripted) under.scripted.server.words = (ms) => `${words} ${Math.round(ms)}`;
      const lengths = [1000, 1500, 2000];
      const cuts = lengths.map((ms) => (under.scripted ? clip.subarray(0, ms * 16) : clip));
      const finals = (await Promise.all(cuts.map((samples) => hear(stream(framesOf(samples)))))).map((s) => s.at(-1));
      const expected = lengths.map((ms) => (under.scripted ? `${words} ${ms}` : words));
      expect(finals.map((final) => final?.text)).toEqual(expected);
    });

    test('does nothing for who has gone already', async () => {
      const gone = new Error('superseded');
      expect(await failureOf(hear(undefined, AbortSignal.abort(gone)))).toBe(gone);
      expect(under.scripted?.server.heard ?? 0).toBe(0);
    });

    test.each(['while the caller speaks', 'once the audio has ended'])(
      `stops within ${ABORT_MS} ms %s`,
      async (when) => {
        const took: number[] = [];
        for (let i = 0; i < TRIES; i++) {
          const stop = new AbortController();
          const audio = microphone(framesOf(clip.subarray(0, 16_000)));
          if (under.scripted) under.scripted.server.trouble = 'stall';
          const failing = failureOf(hear(audio, stop.signal));
          if (when !== 'while the caller speaks') {
            audio.end();
            if (under.scripted) await hasHeard(under.scripted.server, i + 1);
          } else if (under.scripted && partials === 'while-speaking') await until(() => waiting() > 0);
          const from = performance.now();
          const reason = new Error('barge-in');
          stop.abort(reason);
          expect(await failing).toBe(reason);
          took.push(performance.now() - from);
          await until(() => waiting() === 0);
        }
        expect(Math.min(...took)).toBeLessThan(ABORT_MS);
      },
    );
    const waiting = (): number => under.scripted?.server.waiting ?? 0;

    test('tells an abort by its reason where the audio ends by it', async () => {
      const stop = new AbortController();
      async function* aborted(): AsyncGenerator<PcmFrame> {
        yield* framesOf(clip);
        stop.abort(new Error('peer-left'));
        throw stop.signal.reason;
      }
      expect(await failureOf(hear(aborted(), stop.signal))).toBe(stop.signal.reason);
      await until(() => waiting() === 0);
    });

    test('tells of a source that fails as it is', async () => {
      const broken = new RangeError('the decoder is gone');
      async function* failing(): AsyncGenerator<PcmFrame> {
        yield* framesOf(clip.subarray(0, 8000));
        throw broken;
      }
      expect(await failureOf(hear(failing()))).toBe(broken);
      await until(() => waiting() === 0);
    });

    test('lets go when its reader leaves', async () => {
      for await (const { kind } of under.asr.transcribe(stream(framesOf(clip)), { signal: never, language: 'en' })) {
        if (kind === (partials === 'none' ? 'final' : 'partial')) break;
      }
      await until(() => waiting() === 0);
      expect((await hear()).at(-1)).toMatchObject({ kind: 'final', text: words });
    });

    for (const [trouble, reason] of scripted ? Object.entries(TROUBLES) : []) {
      test(`survives a ${trouble}, which is told as ${reason}`, async () => {
        const { server, clock, timeoutMs } = under.scripted as Scripted;
        await hear();
        server.trouble = trouble as AsrTrouble;
        const failing = failureOf(hear());
        if (trouble === 'stall') {
          await hasHeard(server, 2);
          await clock.advance(timeoutMs);
        }
        expect(await failing).toMatchObject({ name: 'ProviderError', stage: 'asr', reason });
        server.trouble = undefined;
        expect((await hear()).at(-1)).toMatchObject({ kind: 'final', text: words });
      });
    }
  });
}
