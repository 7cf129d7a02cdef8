import { expect, test } from '@jest/globals';
import type { PcmFrame } from '@parley/agent';
import { sinceEpoch } from './timeline.ts';
import { TruthfulAsr } from './truthful-asr.ts';

const { signal } = new AbortController();
const options = { signal, language: 'en-call1' };

/** Frames from `from` to `to` of the media clock, all of which come now. */
async function* frames(from: number, to: number): AsyncGenerator<PcmFrame> {
  for (let at = from; at < to; at += 20) yield { samples: new Int16Array(320), rate: 16_000, at };
}

/** The media clock's zero left the caller so long ago that its frame of `at` comes just now. */
const leftAt = (mediaMs: number, lastFrameEnd: number): number =>
  sinceEpoch(performance.now()) - 65 - lastFrameEnd + mediaMs;

async function finalOf(asr: TruthfulAsr, from: number, to: number): Promise<string> {
  let text = '';
  for await (const transcript of asr.transcribe(frames(from, to), options)) text = transcript.text;
  return text;
}

test('the recogniser tells the words that lie in the audio it was given, and no others', async () => {
  const asr = new TruthfulAsr();
  const word = (text: string, from: number): { text: string; from: number; to: number } => ({
    text,
    from: leftAt(from, 2000),
    to: leftAt(from + 300, 2000),
  });
  asr.learn({ call: 'call1', words: [word('before', 0), word('turn', 1000), word('on', 1300), word('after', 2500)] });
  expect(await finalOf(asr, 800, 2000)).toBe('turn on');
});

test('the recogniser has nothing to say of a sound without words, nor of another call', async () => {
  const asr = new TruthfulAsr();
  asr.learn({ call: 'call2', words: [{ text: 'hello', from: leftAt(1000, 2000), to: leftAt(1300, 2000) }] });
  expect(await finalOf(asr, 800, 2000)).toBe('');
});
