import { describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../codec/index.ts';
import { ProviderError, type SpeechChunk } from '../../contracts/index.ts';
import { ScopeClosed } from '../../kernel/index.ts';
import { all, failureOf, settle } from '../../testing/index.ts';
import { Chain } from './chain.ts';
import { ChainScene, StepTts } from './testing/scripted-chain.ts';
import { FallbackTts } from './tts.ts';

const RATE = 24000;
const signal = new AbortController().signal;
const down = ProviderError.unavailable('tts', 'it is down');
let scene: ChainScene<StepTts>;

function chainOf(...engines: StepTts[]): FallbackTts {
  scene = new ChainScene('tts', engines);
  return new FallbackTts(scene.chain);
}

const speak = (tts: FallbackTts, text: string): Promise<SpeechChunk[]> => all(tts.speak(text, { signal }));
const audioMs = (chunks: readonly SpeechChunk[], rate = RATE): number =>
  chunks.reduce((sum, chunk) => sum + (chunk.kind === 'audio' ? (chunk.samples.length * 1000) / rate : 0), 0);
/** e.g. `on@300`. */
const wordsOf = (chunks: readonly SpeechChunk[]): string[] =>
  chunks.flatMap((chunk) => (chunk.kind === 'word' ? [`${chunk.text}@${Math.round(chunk.atMs)}`] : []));

describe('a voice that fails before it has given anything', () => {
  test('is followed by the next one with all of the text', async () => {
    const second = new StepTts('second', RATE, [400]);
    expect(audioMs(await speak(chainOf(new StepTts('first', RATE, [down]), second), 'Hello there.'))).toBe(400);
    expect(second.said).toEqual(['Hello there.']);
    expect(scene.fallbacks).toEqual([{ stage: 'tts', from: 'first', to: 'second', reason: 'unavailable' }]);
  });

  test('or stays silent for 2.5 s', async () => {
    const second = new StepTts('second', RATE, [400]);
    const speaking = speak(chainOf(new StepTts('first', RATE, ['hang']), second), 'Hello there.');
    await scene.clock.advance(2500);
    expect(audioMs(await speaking)).toBe(400);
  });

  test('and is the only one is asked once more', async () => {
    const only = new StepTts('only', RATE, [down], [400]);
    expect(audioMs(await speak(chainOf(only), 'Hello there.'))).toBe(400);
  });
});

describe('a voice that answers in Opus', () => {
  test('is passed on as it is, whatever the rate of the first one, and another speaks what is left', async () => {
    const first = new StepTts('first', 16_000, [down]);
    const second = new StepTts('second', RATE, ['Turn', 300, 'on', 150, 'the', 150, 'lamp', 100, down]);
    second.answersInOpus = true;
    const third = new StepTts('third', 16_000, [400]);
    scene = new ChainScene('tts', [first, second, third]);
    const tts = new FallbackTts(scene.chain, await OpusLibrary.load());
    const chunks = await all(tts.speak('Turn on the lamp, please.', { signal, takesOpus: true }));
    expect(third.said).toEqual(['lamp, please.']);
    expect(chunks.filter(({ kind }) => kind === 'opus')).toHaveLength(720 / 20);
    expect(audioMs(chunks, 16_000)).toBe(400);
    expect(wordsOf(chunks).slice(0, 4)).toEqual(['Turn@0', 'on@300', 'the@460', 'lamp@620']);
  });
});

describe('a voice that dies in mid-clause', () => {
  test('is followed by one that speaks what is left, from the word that was cut', async () => {
    const first = new StepTts('first', RATE, ['Turn', 300, 'on', 150, 'the', 150, 'lamp', 100, down]);
    const second = new StepTts('second', RATE, ['lamp', 400, 'please', 500]);
    const chunks = await speak(chainOf(first, second), 'Turn on the lamp, please.');
    expect(second.said).toEqual(['lamp, please.']);
    expect(wordsOf(chunks)).toEqual(['Turn@0', 'on@300', 'the@450', 'lamp@600', 'please@1100']);
    expect(audioMs(chunks)).toBe(700 + 900);
  });

  test('and tells no words is taken at its pace; words are told by estimate from then on', async () => {
    // 1725 ms at the usual pace, where "lamp" begins at 675.
    const first = new StepTts('first', RATE, [700, down]);
    const second = new StepTts('second', RATE, [400, 400]);
    const chunks = await speak(chainOf(first, second), 'Turn on the lamp, please.');
    expect(second.said).toEqual(['lamp, please.']);
    expect(wordsOf(chunks)).toEqual(['Turn@0', 'on@300', 'the@450', 'lamp@700', 'please@1150']);
  });

  test('is measured by what it has spoken before', async () => {
    const slow = new StepTts('first', RATE, [3800], [3800], [3800], [3800], [3800], [3800], [1350, down]);
    const second = new StepTts('second', RATE, [400]);
    const tts = chainOf(slow, second);
    for (let i = 0; i < 6; i++) await speak(tts, 'Turn on the lamp, please.');
    await speak(tts, 'Turn on the lamp, please.');
    expect(second.said).toEqual(['the lamp, please.']);
  });

  test('after its last word has nothing left to say', async () => {
    const first = new StepTts('first', RATE, ['Yes', 600, down]);
    const second = new StepTts('second', RATE, [400]);
    expect(audioMs(await speak(chainOf(first, second), 'Yes.'))).toBe(600);
    expect([second.said, scene.fallbacks]).toEqual([[], []]);
  });

  test('is followed by a third one where the second dies, too', async () => {
    const first = new StepTts('first', RATE, ['Turn', 300, 'on', down]);
    const second = new StepTts('second', RATE, ['on', 200, 'the', 100, down]);
    const third = new StepTts('third', RATE, ['the', 200, 'lamp', 400]);
    const chunks = await speak(chainOf(first, second, third), 'Turn on the lamp.');
    expect([second.said, third.said]).toEqual([['on the lamp.'], ['the lamp.']]);
    expect(wordsOf(chunks)).toEqual(['Turn@0', 'on@300', 'the@500', 'lamp@800']);
  });

  test('fails the call where nobody can go on', async () => {
    const tts = chainOf(new StepTts('first', RATE, ['Turn', 300, down]), new StepTts('second', RATE, [down]));
    expect(await failureOf(speak(tts, 'Turn on the lamp.'))).toMatchObject({ reason: 'unavailable' });
  });
});

describe('voices of several rates', () => {
  test('come out at the rate of the first', async () => {
    scene = new ChainScene('tts', [new StepTts('first', RATE, [down]), new StepTts('second', 22050, [100, 300, 70])]);
    const tts = new FallbackTts(scene.chain, await OpusLibrary.load());
    const chunks = await speak(tts, 'Hello there.');
    expect(tts.rate).toBe(RATE);
    expect(audioMs(chunks)).toBeCloseTo(470, 1);
    const samples = chunks.flatMap((chunk) => (chunk.kind === 'audio' ? [...chunk.samples] : []));
    expect(Math.abs((samples[6000] ?? 0) - 1000)).toBeLessThan(10);
  });

  test('need a resampler', () => {
    expect(() => chainOf(new StepTts('first', RATE, []), new StepTts('second', 22050, []))).toThrow(TypeError);
  });
});

test('each is asked for its own voice where it has one, else for that of the call', async () => {
  const engines = [
    new StepTts('first', RATE, [down]),
    new StepTts('second', RATE, [down]),
    new StepTts('third', RATE, [1]),
  ];
  const { chain } = new ChainScene('tts', engines);
  const links = chain.options.links.map((link, i) => (i === 1 ? { ...link, voice: 'af_heart' } : link));
  const tts = new FallbackTts(new Chain({ ...chain.options, links }));
  await all(tts.speak('Hello.', { signal, voice: 'alloy' }));
  expect(engines.flatMap(({ voicesUsed }) => voicesUsed)).toEqual(['alloy', 'af_heart', 'alloy']);
});

test('a voice that names its engine is for that one alone; the others speak with their own', async () => {
  const engines = [
    new StepTts('first', RATE, [down]),
    new StepTts('second', RATE, [down]),
    new StepTts('third', RATE, [1]),
  ];
  const { chain } = new ChainScene('tts', engines);
  const links = chain.options.links.map((link, i) => (i < 2 ? { ...link, voice: `own-${i}` } : link));
  const tts = new FallbackTts(new Chain({ ...chain.options, links }));
  const [offered] = await tts.voices();
  expect(offered?.id).toBe('first:first');
  await all(tts.speak('Hello.', { signal, voice: offered?.id }));
  expect(engines.flatMap(({ voicesUsed }) => voicesUsed)).toEqual(['first', 'own-1', undefined]);
});

test('an abort starts no other voice', async () => {
  const caller = new AbortController();
  const second = new StepTts('second', RATE, [400]);
  const tts = chainOf(new StepTts('first', RATE, [100, 'hang']), second);
  const failing = failureOf(all(tts.speak('Hello there.', { signal: caller.signal })));
  await settle();
  caller.abort(new ScopeClosed('reply', 'barge-in'));
  expect(await failing).toBe(caller.signal.reason);
  expect([second.said, scene.fallbacks]).toEqual([[], []]);
});
