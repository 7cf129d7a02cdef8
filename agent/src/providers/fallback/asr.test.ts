import { beforeEach, describe, expect, test } from '@jest/globals';
import { type PcmFrame, ProviderError, type Transcript } from '../../contracts/index.ts';
import { Channel, ScopeClosed } from '../../kernel/index.ts';
import { failureOf, settle } from '../../testing/index.ts';
import { FallbackAsr } from './asr.ts';
import { ChainScene, StepAsr } from './testing/scripted-chain.ts';

const down = ProviderError.unavailable('asr', 'it is down');
let audio: Channel<PcmFrame>;
let caller: AbortController;
let scene: ChainScene<StepAsr>;
beforeEach(() => {
  audio = new Channel({ capacity: 5000, overflow: 'drop-oldest' });
  caller = new AbortController();
});

function speak(ms: number): void {
  for (let at = 0; at < ms; at += 20) audio.push({ samples: new Int16Array(320), rate: 16000, at });
}

/** Begins to recognise; what comes out grows. */
function listen(...engines: StepAsr[]): { readonly given: Transcript[]; readonly done: Promise<void> } {
  scene = new ChainScene('asr', engines);
  const asr = new FallbackAsr(scene.chain);
  const given: Transcript[] = [];
  const read = async (): Promise<void> => {
    for await (const transcript of asr.transcribe(audio, { signal: caller.signal })) given.push(transcript);
  };
  return { given, done: read() };
}

const partial = (text: string): Transcript => ({ kind: 'partial', text });
const final = (text: string): Transcript => ({ kind: 'final', text });

describe('a recogniser that fails', () => {
  test('in mid-utterance is followed by one that hears it from its beginning', async () => {
    const second = new StepAsr('second', ['listen', { final: 'turn on the lamp' }]);
    const { given, done } = listen(new StepAsr('first', [5, 'turn', down]), second);
    speak(400);
    await settle();
    speak(200);
    audio.end();
    await done;
    expect(given).toEqual([partial('turn'), final('turn on the lamp')]);
    expect(second.heard[0]).toHaveLength(30);
    expect(scene.fallbacks).toEqual([{ stage: 'asr', from: 'first', to: 'second', reason: 'unavailable' }]);
  });

  test('after the end, or without a final text, is followed by one that hears all of it', async () => {
    const third = new StepAsr('third', ['listen', { final: 'yes' }]);
    const { given, done } = listen(new StepAsr('first', ['listen', down]), new StepAsr('second', ['listen']), third);
    speak(400);
    audio.end();
    await done;
    expect(given).toEqual([final('yes')]);
    expect(third.heard[0]).toHaveLength(20);
    expect(scene.fallbacks.map(({ to }) => to)).toEqual(['second', 'third']);
  });

  test('takes no words back: those of the next one are shown when there are as many', async () => {
    const second = new StepAsr('second', ['turn', 'turn on the', 'turn on a', 'listen', { final: 'on' }]);
    const { given, done } = listen(new StepAsr('first', ['turn on', down]), second);
    audio.end();
    await done;
    expect(given.map(({ text }) => text)).toEqual(['turn on', 'turn on the', 'turn on a', 'on']);
  });

  test('with a next one that fails, too, fails with what both have said', async () => {
    const { done } = listen(new StepAsr('first', [down]), new StepAsr('second', [down]));
    expect(await failureOf(done)).toMatchObject({ message: 'first: it is down; second: it is down' });
  });
});

describe('patience', () => {
  test('begins when the caller has stopped to speak: 2.5 s and a tenth of the utterance', async () => {
    const { given, done } = listen(new StepAsr('first', ['hang']), new StepAsr('second', ['listen', { final: 'yes' }]));
    speak(2000);
    await scene.clock.advance(30_000);
    expect(scene.fallbacks).toEqual([]);
    audio.end();
    await settle();
    await scene.clock.advance(2699);
    expect(given).toEqual([]);
    await scene.clock.advance(1);
    await done;
    expect(given).toEqual([final('yes')]);
    expect(scene.fallbacks).toMatchObject([{ reason: 'timeout' }]);
  });

  test('is longer for an engine that has to catch up, and there is none for the last', async () => {
    const third = new StepAsr('third', ['hang']);
    const { done } = listen(new StepAsr('first', [down]), new StepAsr('second', ['hang']), third);
    speak(2000);
    audio.end();
    await settle();
    await scene.clock.advance(3499);
    expect(third.heard).toHaveLength(0);
    await scene.clock.advance(1);
    expect(third.heard).toHaveLength(1);
    await scene.clock.advance(60_000);
    caller.abort(new ScopeClosed('utterance', 'done'));
    await failureOf(done);
  });
});

test('an abort starts no other engine and lets go of the audio', async () => {
  const second = new StepAsr('second', [{ final: '' }]);
  const { done } = listen(new StepAsr('first', ['hang']), second);
  speak(100);
  await settle();
  caller.abort(new ScopeClosed('utterance', 'superseded'));
  expect(await failureOf(done)).toBe(caller.signal.reason);
  await settle();
  expect(second.heard).toEqual([]);
  speak(20); // wakes whoever still reads
  await settle();
  expect(audio.push({ samples: new Int16Array(320), rate: 16000, at: 0 })).toBe(false);
});

test('the only engine hears the utterance once more where it broke down before it had given anything', async () => {
  const only = new StepAsr('only', ['listen', down], ['listen', { final: 'yes' }]);
  const { given, done } = listen(only);
  speak(400);
  audio.end();
  await done;
  expect(given).toEqual([final('yes')]);
  expect(only.heard.map((frames) => frames.length)).toEqual([20, 20]);
});
