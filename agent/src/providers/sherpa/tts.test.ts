import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { SpeakOptions, SpeechChunk } from '../../contracts/index.ts';
import { all, failureOf, HUM_VOICE, hasSherpa, ManualClock, rms, until } from '../../testing/index.ts';
import { SherpaTts } from './tts.ts';

const never = new AbortController().signal;
jest.setTimeout(60_000); // real processes on a machine that may be busy
const there = hasSherpa() ? describe : describe.skip;

const audioOf = (chunks: readonly SpeechChunk[]): Int16Array =>
  Int16Array.from(chunks.flatMap((chunk) => (chunk.kind === 'audio' ? [...chunk.samples] : [])));
const wordsOf = (chunks: readonly SpeechChunk[]): string[] =>
  chunks.flatMap((chunk) => (chunk.kind === 'word' ? [chunk.text] : []));

/** Hz, by how often the wave rises through zero. */
const pitchOf = (samples: Int16Array, rate: number): number =>
  (samples.filter((sample, i) => sample >= 0 && (samples[i - 1] ?? 0) < 0).length * rate) / samples.length;

there('a voice of sherpa-onnx', () => {
  let tts: SherpaTts;
  beforeAll(async () => {
    tts = await SherpaTts.load({ model: HUM_VOICE, timeoutMs: 20_000 }, never);
  });
  afterAll(() => tts?.close());

  const say = (text: string, options: Partial<SpeakOptions> = {}): Promise<SpeechChunk[]> =>
    all(tts.speak(text, { signal: never, ...options }));

  test('speaks at its own rate, all of the text', async () => {
    const audio = audioOf(await say('one two. three four. five.'));
    expect(tts.rate).toBe(22_050);
    expect(audio.length).toBe('one two. three four. five.'.length * 1764);
    expect(rms(audio)).toBeGreaterThan(3000);
    expect(pitchOf(audio, tts.rate)).toBeCloseTo(200, -1);
  });

  test('tells each word right before the audio in which it begins', async () => {
    const chunks = await say('one two three. and four, five!');
    expect(wordsOf(chunks)).toEqual(['one', 'two', 'three', 'and', 'four', 'five']);
    let ms = 0;
    for (const chunk of chunks) {
      if (chunk.kind === 'audio') ms += (chunk.samples.length * 1000) / tts.rate;
      else if (chunk.kind === 'word') {
        expect(chunk.atMs).toBeGreaterThanOrEqual(Math.floor(ms));
        expect(chunk.atMs).toBeLessThanOrEqual(ms + 101);
      }
    }
  });

  test('is faster and slower when it is told to be, within reason', async () => {
    const plain = audioOf(await say('one two')).length;
    expect(audioOf(await say('one two', { speed: 2 })).length).toBeCloseTo(plain / 2, -1);
    expect(audioOf(await say('one two', { speed: 0.5 })).length).toBeCloseTo(plain * 2, -1);
    expect(audioOf(await say('one two', { speed: 9 })).length).toBeCloseTo(plain / 2, -1);
  });

  test('has a voice for each speaker, and its first for one that is not there', async () => {
    expect(await tts.voices()).toEqual(
      ['0', '1', '2'].map((id) => ({ id, name: `Voice ${Number(id) + 1}`, language: 'en-us' })),
    );
    expect(pitchOf(audioOf(await say('one two', { voice: '2' })), tts.rate)).toBeCloseTo(400, -1);
    expect(pitchOf(audioOf(await say('one two', { voice: 'alloy' })), tts.rate)).toBeCloseTo(200, -1);
  });

  test.each(['', '   ', '...', '—!'])('says nothing for "%s"', async (text) => {
    expect(await say(text)).toEqual([]);
  });

  test('refuses a text that it cannot read, and one that is too long', async () => {
    expect(await failureOf(say('你好'))).toMatchObject({ stage: 'tts', reason: 'unsupported' });
    expect(await failureOf(say('x'.repeat(2001)))).toMatchObject({ stage: 'tts', reason: 'bad-request' });
  });

  test('speaks the texts of several callers, one after another', async () => {
    const texts = ['one', 'one two', 'one two three.', 'four'];
    const spoken = await Promise.all(texts.map((text) => say(text)));
    expect(spoken.map((chunks) => audioOf(chunks).length)).toEqual(texts.map((text) => text.length * 1764));
  });

  test('that is stopped throws the reason within 50 ms, and speaks the next text', async () => {
    const stop = new AbortController();
    const speaking = tts.speak('one two three. '.repeat(100), { signal: stop.signal });
    await speaking.next();
    const at = performance.now();
    stop.abort(new Error('barge-in'));
    expect(await failureOf(all(speaking))).toEqual(new Error('barge-in'));
    expect(performance.now() - at).toBeLessThan(50);
    expect(audioOf(await say('one')).length).toBe(3 * 1764);
  });

  test('that is killed fails its text so that it can be tried again, and the next one works', async () => {
    const pid = tts.pid as number;
    process.kill(pid, 'SIGSTOP'); // so that it does not finish first
    const failing = failureOf(say('one two three'));
    process.kill(pid, 'SIGKILL');
    expect(await failing).toMatchObject({ stage: 'tts', reason: 'unavailable', retryable: true });
    expect(audioOf(await say('one')).length).toBe(3 * 1764);
  });
});

there('a voice that hangs', () => {
  test('is timed out and replaced', async () => {
    const clock = new ManualClock();
    const tts = await SherpaTts.load({ model: HUM_VOICE, timeoutMs: 5000, clock }, never);
    const pid = tts.pid as number;
    process.kill(pid, 'SIGSTOP');
    const failing = failureOf(all(tts.speak('one', { signal: never })));
    await clock.advance(5000);
    expect(await failing).toMatchObject({ stage: 'tts', reason: 'timeout' });
    await until(() => tts.pid !== pid);
    expect(audioOf(await all(tts.speak('one', { signal: never }))).length).toBe(3 * 1764);
    await tts.close();
  });
});
