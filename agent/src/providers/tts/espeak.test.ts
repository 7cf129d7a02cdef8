import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EMOTIONS, type SpeechChunk } from '../../contracts/index.ts';
import { all, failureOf, isInstalled, ManualClock, rms, until } from '../../testing/index.ts';
import { EspeakTts } from './espeak.ts';

const never = new AbortController().signal;
jest.setTimeout(60_000); // real programs on a machine that may be busy
const there = isInstalled('espeak-ng', '--version') ? describe : describe.skip;

const audioOf = (chunks: readonly SpeechChunk[]): Int16Array =>
  Int16Array.from(chunks.flatMap((chunk) => (chunk.kind === 'audio' ? [...chunk.samples] : [])));
const wordsOf = (chunks: readonly SpeechChunk[]): string[] =>
  chunks.flatMap((chunk) => (chunk.kind === 'word' ? [chunk.text] : []));

there('eSpeak NG', () => {
  let tts: EspeakTts;
  beforeAll(async () => {
    tts = await EspeakTts.load({ timeoutMs: 10_000 }, never);
  });
  afterAll(() => tts?.close());

  const say = (text: string, options = {}): Promise<SpeechChunk[]> =>
    all(tts.speak(text, { signal: never, ...options }));

  test('speaks at its own rate', async () => {
    const audio = audioOf(await say('Hello there, how are you?'));
    expect(tts.rate).toBe(22_050);
    expect(audio.length / tts.rate).toBeGreaterThan(1);
    expect(audio.length / tts.rate).toBeLessThan(3);
    expect(rms(audio)).toBeGreaterThan(500);
  });

  test('says the same for the same text', async () => {
    expect(audioOf(await say('Once more.'))).toEqual(audioOf(await say('Once more.')));
  });

  test('tells each word right before the audio in which it begins', async () => {
    const chunks = await say('Hello there, how are you?');
    expect(wordsOf(chunks)).toEqual(['Hello', 'there', 'how', 'are', 'you']);
    let ms = 0;
    for (const chunk of chunks) {
      if (chunk.kind === 'audio') ms += (chunk.samples.length * 1000) / tts.rate;
      else if (chunk.kind === 'word') {
        expect(chunk.atMs).toBeGreaterThanOrEqual(Math.floor(ms));
        expect(chunk.atMs).toBeLessThanOrEqual(ms + 101);
      }
    }
  });

  test('is faster, higher and louder when it is told to be', async () => {
    const plain = audioOf(await say('This is a sentence.'));
    expect(audioOf(await say('This is a sentence.', { speed: 1.5 })).length).toBeLessThan(plain.length * 0.8);
    expect(audioOf(await say('This is a sentence.', { speed: 0.5 })).length).toBeGreaterThan(plain.length * 1.4);
    expect(pitchOf(audioOf(await say('This is a sentence.', { pitch: 1.6 })))).toBeGreaterThan(pitchOf(plain) * 1.1);
    expect(rms(audioOf(await say('This is a sentence.', { emotion: 'angry' })))).toBeGreaterThan(rms(plain) * 1.1);
  });

  test('has a sound of its own for each feeling', async () => {
    const sounds = await Promise.all(
      EMOTIONS.map(async (emotion) => audioOf(await say('So it is.', { emotion })).join()),
    );
    expect(new Set(sounds).size).toBe(EMOTIONS.length);
  });

  test('lists its voices, each as a man and a woman', async () => {
    const voices = await tts.voices();
    expect(voices).toContainEqual({ id: 'en-us', name: 'English (America)', language: 'en-us', gender: 'male' });
    expect(voices).toContainEqual({
      id: 'en-us+f3',
      name: 'English (America), female',
      language: 'en-us',
      gender: 'female',
    });
    expect(voices.filter(({ language }) => language === 'zh').length).toBeGreaterThan(0);
    expect(audioOf(await say('Hello.', { voice: 'en-us+f3' }))).not.toEqual(audioOf(await say('Hello.')));
  });

  test('reads Chinese characters, and the Latin words among them, whatever voice was asked for', async () => {
    const chunks = await say('请设置 OPENAI API KEY，然后重启。', { voice: 'en-gb', language: 'en' });
    expect(wordsOf(chunks).join('')).toBe('请设置OPENAIAPIKEY然后重启');
    const times = chunks.flatMap((chunk) => (chunk.kind === 'word' ? [chunk.atMs] : []));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(audioOf(chunks).length / tts.rate).toBeLessThan(6);
    // As many syllables take as long: the characters are not spelt out in English.
    const syllables = audioOf(await say('今天天气很好')).length / tts.rate;
    expect(syllables).toBeGreaterThan(1);
    expect(syllables).toBeLessThan(3);
  });

  test('takes a voice that is not there for the usual one', async () => {
    expect(audioOf(await say('Hello.', { voice: 'alloy' }))).toEqual(audioOf(await say('Hello.')));
    expect(audioOf(await say('Hello.', { voice: '--path=/tmp' }))).toEqual(audioOf(await say('Hello.')));
  });

  test.each(['', '   ', '...', '—!'])('says nothing for "%s"', async (text) => {
    expect(await say(text)).toEqual([]);
  });

  test('takes no text for commands or phonemes', async () => {
    expect(wordsOf(await say("--voices [[h@l'oU]] <b>bold</b> & \u0001 more"))).toContain('more');
  });

  test('refuses a text without end', async () => {
    expect(await failureOf(say('word '.repeat(1000)))).toMatchObject({ stage: 'tts', reason: 'bad-request' });
  });

  test('speaks for many at once, with few processes', async () => {
    const most = { live: 0 };
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        for await (const _ of tts.speak(`This is sentence number ${i}.`, { signal: never })) {
          most.live = Math.max(most.live, tts.processes);
        }
      }),
    );
    expect(most.live).toBeLessThanOrEqual(8 + 4);
    await until(() => tts.processes <= 4);
  });

  test('stops with the reason: before it began, while it waits, and in mid-sentence', async () => {
    const stopped = AbortSignal.abort(new Error('barge-in'));
    expect(await failureOf(say('Hello.', { signal: stopped }))).toEqual(new Error('barge-in'));

    const stop = new AbortController();
    const many = Array.from({ length: 30 }, () =>
      failureOf(say('A long sentence that takes its time.', { signal: stop.signal })),
    );
    stop.abort(new Error('superseded'));
    for (const failure of await Promise.all(many)) expect(failure).toEqual(new Error('superseded'));

    const cut = new AbortController();
    const chunks = abortAtFirst(tts.speak('Here is some text.', { signal: cut.signal }), cut);
    await until(() => tts.processes <= 4);
    expect(await chunks).toEqual(new Error('barge-in'));
    expect(wordsOf(await say('Still here.'))).toEqual(['Still', 'here']);
  });

  test('leaves no process behind', async () => {
    const closing = await EspeakTts.load({ timeoutMs: 10_000 }, never);
    await all(closing.speak('Hello.', { signal: never }));
    expect(closing.processes).toBeGreaterThan(0);
    await Promise.all([closing.close(), closing.close()]);
    expect(closing.processes).toBe(0);
    expect(await failureOf(all(closing.speak('Hello.', { signal: never })))).toMatchObject({ reason: 'unavailable' });
  });
});

describe('a speech program that is broken', () => {
  let folder: string | undefined;
  afterEach(() => {
    if (folder) rmSync(folder, { recursive: true });
    folder = undefined;
  });

  /** Answers the first texts like eSpeak with `good` bytes of silence, then runs the script instead. */
  function fake(script: string): { program: string; calls: () => number } {
    folder = mkdtempSync(join(tmpdir(), 'fake-espeak-'));
    const program = join(folder, 'espeak');
    const count = join(folder, 'count');
    writeFileSync(count, '');
    writeFileSync(
      program,
      `#!${process.execPath}
      const { appendFileSync, readFileSync } = require('node:fs');
      if (process.argv.includes('--voices')) { console.log(' 5  en-us  --/M  English_(America) gmw/en-US'); process.exit(); }
      const text = readFileSync(0, 'utf8');
      appendFileSync(${JSON.stringify(count)}, '.');
      const wav = Buffer.alloc(44 + 8820);
      wav.write('RIFF____WAVEfmt ', 'latin1');
      wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(22050, 24);
      wav.writeUInt16LE(16, 34); wav.write('data', 36, 'latin1'); wav.writeUInt32LE(0x7ffff000, 40);
      if (text === 'a') process.stdout.write(wav); else { ${script} }`,
      { mode: 0o755 },
    );
    return { program, calls: () => readFileSync(count).length };
  }

  test('is unavailable where it is not installed', async () => {
    const loading = EspeakTts.load({ timeoutMs: 1000, program: '/no/such/espeak' }, never);
    expect(await failureOf(loading)).toMatchObject({ stage: 'tts', reason: 'unavailable' });
  });

  test.each([
    ['dies in mid-sentence', 'process.stdout.write(wav, () => process.kill(process.pid, "SIGKILL"))', 'SIGKILL'],
    ['says why it fails', 'console.error("no such voice"); process.exit(1)', 'no such voice'],
    ['writes what is no WAV', 'console.log("x".repeat(100))', 'no WAV'],
  ])('is unavailable where it %s', async (_, script, message) => {
    const tts = await EspeakTts.load({ timeoutMs: 60_000, program: fake(script).program }, never);
    expect(await failureOf(all(tts.speak('Hello.', { signal: never })))).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining(message),
    });
    await tts.close();
  });

  test('is killed when it is stuck: by the time limit, and by an abort', async () => {
    const clock = new ManualClock();
    const { program, calls } = fake('setInterval(() => {}, 1000)');
    const tts = await EspeakTts.load({ timeoutMs: 60_000, program, clock }, never);
    const stuck = failureOf(all(tts.speak('Hello.', { signal: never })));
    await until(() => calls() === 2);
    await clock.advance(60_000);
    expect(await stuck).toMatchObject({ reason: 'timeout' });

    const stop = new AbortController();
    const stopped = failureOf(all(tts.speak('Hello.', { signal: stop.signal })));
    await until(() => calls() === 3);
    stop.abort(new Error('barge-in'));
    expect(await stopped).toEqual(new Error('barge-in'));
    await tts.close();
    expect(tts.processes).toBe(0);
  });
});

async function abortAtFirst(speech: AsyncIterable<SpeechChunk>, stop: AbortController): Promise<unknown> {
  return failureOf(
    (async () => {
      for await (const _ of speech) stop.abort(new Error('barge-in'));
    })(),
  );
}

/** How often the loud samples cross zero, in Hz: good enough to compare one text's renderings. */
function pitchOf(samples: Int16Array): number {
  const best = { lag: 0, sum: 0 };
  for (let lag = 60; lag < 300; lag++) {
    let sum = 0;
    for (let i = 0; i + lag < samples.length; i += 3) sum += (samples[i] as number) * (samples[i + lag] as number);
    if (sum > best.sum) Object.assign(best, { lag, sum });
  }
  return 22_050 / best.lag;
}
