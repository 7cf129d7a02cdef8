import { describe, expect, test } from '@jest/globals';
import { EMOTIONS, ProviderError, type SpeakOptions, type SpeechChunk } from '../contracts/index.ts';
import { raceAbort } from '../kernel/index.ts';
import { ScriptedTts, until } from '../testing/index.ts';
import type { VoiceSample } from './contract.ts';
import type { FromHost } from './messages.ts';
import { VoiceDesk } from './voice-desk.ts';

/** Speaks when it is told to. */
class PatientTts extends ScriptedTts {
  readonly signals: AbortSignal[] = [];
  #go = Promise.withResolvers<void>();

  go(): void {
    this.#go.resolve();
    this.#go = Promise.withResolvers();
  }

  override async *speak(text: string, options: SpeakOptions): AsyncIterable<SpeechChunk> {
    this.signals.push(options.signal);
    await raceAbort(this.#go.promise, options.signal);
    yield* super.speak(text, options);
  }
}

function setUp<T extends ScriptedTts>(tts: T) {
  const told: FromHost[] = [];
  const desk = new VoiceDesk(tts, (message) => told.push(message));
  const sample = (request: number, text?: string, language?: string): void =>
    desk.handle({ type: 'sample', request, order: { ...(text && { text }), ...(language && { language }) } });
  const answers = (): number[] => told.flatMap((each) => (each.type === 'answer' ? each.request : []));
  return { tts, told, desk, sample, answers };
}

describe('the voice desk', () => {
  test('says which voices there are, and what they can show', async () => {
    const { desk, told, tts } = setUp(new ScriptedTts());
    tts.emotions = EMOTIONS;
    desk.handle({ type: 'voices', request: 1 });
    await until(() => told.length === 1);
    expect(told).toMatchObject([
      { type: 'answer', request: 1, value: [{ id: 'tone', engine: 'scripted-tts', emotions: EMOTIONS }] },
    ]);
  });

  test('makes one sample at a time, lets a few wait and refuses the rest', async () => {
    const { sample, told, tts, answers } = setUp(new PatientTts());
    for (let request = 1; request <= 6; request++) sample(request, `Sample ${request}.`);
    await until(() => told.length === 1);
    expect(told).toEqual([
      { type: 'no-answer', request: 6, failure: expect.objectContaining({ reason: 'rate-limited' }) },
    ]);
    for (let request = 1; request <= 5; request++) {
      await until(() => tts.signals.length === request);
      tts.go();
      await until(() => answers().length === request);
    }
    expect(answers()).toEqual([1, 2, 3, 4, 5]);
  });

  test('stops a sample that nobody waits for, and goes on with the next', async () => {
    const { desk, sample, tts, answers } = setUp(new PatientTts());
    sample(1, 'One.');
    sample(2, 'Two.');
    sample(3, 'Three.');
    await until(() => tts.signals.length === 1);
    desk.handle({ type: 'never-mind', request: 1 });
    desk.handle({ type: 'never-mind', request: 2 });
    await until(() => tts.signals.length === 2);
    expect(tts.signals[0]?.aborted).toBe(true);
    tts.go();
    await until(() => answers().length === 1);
    expect(answers()).toEqual([3]);
    expect(tts.said).toEqual(['Three.']);
  });

  test('welcomes in the language of the voice where no text is given', async () => {
    const { sample, tts, answers } = setUp(new ScriptedTts());
    sample(1, undefined, 'fr-FR');
    await until(() => answers().length === 1);
    expect(tts.said[0]).toMatch(/^Bonjour/);
  });

  test('ends a sample that is too long', async () => {
    const { sample, told, answers } = setUp(new ScriptedTts());
    sample(1, 'so much to say '.repeat(100));
    await until(() => answers().length === 1);
    const [answer] = told;
    const { rate, samples } = (answer as { value: VoiceSample }).value;
    expect(samples.length / rate).toBe(20);
  });

  test('says why there is none', async () => {
    const { sample, told } = setUp(new ScriptedTts(() => ProviderError.badRequest('tts', 'no such voice')));
    sample(1, 'Hello.');
    await until(() => told.length === 1);
    expect(told).toEqual([
      { type: 'no-answer', request: 1, failure: { reason: 'bad-request', message: 'no such voice' } },
    ]);
  });
});
