import { beforeAll, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../codec/index.ts';
import { OPUS_RATES } from '../../contracts/index.ts';
import { type SpokenClip, sine, spoken } from '../../testing/index.ts';
import { EchoGate } from './echo-gate.ts';
import { EchoVerdict } from './echo-verdict.ts';
import type { EchoPath } from './testing/echo-path.ts';
import { type EchoSceneOptions, echoScene, hearScene, type JudgedFrame } from './testing/echo-scene.ts';

const SENT_DB = -20;
/** Frames of 100 ms within so many dB of the mean level are loud. */
const LOUD_DB = 15;
const FIRST_AT = 300;
const SECOND_AT = 2600;

let library: OpusLibrary;
beforeAll(async () => {
  library = await OpusLibrary.load();
});

const talk = (clip: SpokenClip, at: number, levelDb: number) => ({ at, speech: spoken(clip), levelDb });
const play = (options: EchoSceneOptions): JudgedFrame[] => hearScene(echoScene(library, options));
const share = (frames: readonly JudgedFrame[]): number => frames.filter(({ isEcho }) => isEcho).length / frames.length;

/** An utterance, and later another, that come back over `path`. */
function echoes(path: EchoPath, more: Partial<EchoSceneOptions> = {}) {
  const agent = [talk('jfk', FIRST_AT, SENT_DB), talk('librivox-0880', SECOND_AT, SENT_DB)];
  const frames = play({ agent, path, ...more });
  const loud = frames.filter(({ echoDb }) => echoDb > SENT_DB + path.levelDb - LOUD_DB);
  const later = loud.filter(({ at }) => at >= SECOND_AT);
  const onset = loud[0] as JudgedFrame;
  const found = (frames.find(({ isEcho }) => isEcho)?.at ?? Number.POSITIVE_INFINITY) - onset.at;
  return { frames, found, caught: share(later), last: later.at(-1) as JudgedFrame };
}

describe('our own voice from a loudspeaker', () => {
  test.each([
    { delayMs: 60, levelDb: -6, seed: 1 },
    { delayMs: 125, levelDb: -10, seed: 2 },
    { delayMs: 200, levelDb: -20, seed: 3 },
    { delayMs: 333, levelDb: -6, seed: 4 },
    { delayMs: 450, levelDb: -10, seed: 5 },
    { delayMs: 450, levelDb: -20, seed: 6 },
    { delayMs: 90, levelDb: -10, seed: 7, driftPpm: 100 },
    { delayMs: 250, levelDb: -20, seed: 8, driftPpm: 100 },
  ])('is known in the first utterance and after: %j', (path) => {
    const { found, caught, last } = echoes(path);
    expect(found).toBeLessThanOrEqual(400);
    expect(caught).toBeGreaterThan(0.85);
    expect(Math.abs((last.delayMs as number) - path.delayMs)).toBeLessThanOrEqual(25);
  });

  test.each(OPUS_RATES)('is known when it is sent at %i Hz', (rate) => {
    const { found, caught } = echoes({ delayMs: 180, levelDb: -10 }, { rate });
    expect(found).toBeLessThanOrEqual(400);
    expect(caught).toBeGreaterThan(0.85);
  });

  test('is known in a noisy room', () => {
    const { caught } = echoes({ delayMs: 180, levelDb: -10 }, { noiseDb: SENT_DB - 10 - 15 });
    expect(caught).toBeGreaterThan(0.8);
  });

  test('leaves little unexplained', () => {
    const { frames } = echoes({ delayMs: 180, levelDb: -10 });
    const loud = frames.filter(({ at, echoDb }) => at > SECOND_AT && echoDb > SENT_DB - 10 - 6);
    const left = loud.map(({ levelDb, residualDb }) => levelDb - residualDb).sort((a, b) => a - b);
    expect(left[left.length >> 1]).toBeGreaterThan(9);
  });

  test('is known although packets come early and late', () => {
    const scene = echoScene(library, {
      agent: [talk('jfk', FIRST_AT, SENT_DB), talk('librivox-0880', SECOND_AT, SENT_DB)],
      path: { delayMs: 180, levelDb: -10 },
    });
    const frames = hearScene(scene, { jitter: (frame) => ((frame * 7919) % 41) - 20 });
    const loud = frames.filter(({ at, echoDb }) => at >= SECOND_AT && echoDb > SENT_DB - 10 - LOUD_DB);
    expect(share(loud)).toBeGreaterThan(0.85);
  });

  test('is found again when its delay has changed', () => {
    const gate = new EchoGate();
    const verdict = new EchoVerdict();
    const say = (delayMs: number, startAt: number) =>
      hearScene(
        echoScene(library, { agent: [talk('jfk', FIRST_AT, SENT_DB)], path: { delayMs, levelDb: -10, seed: delayMs } }),
        { gate, verdict, startAt },
      );
    say(100, 1000);
    const moved = say(280, 10_000);
    const loud = moved.filter(({ at, echoDb }) => at > FIRST_AT + 900 && echoDb > SENT_DB - 10 - LOUD_DB);
    expect(share(loud)).toBeGreaterThan(0.85);
    expect(Math.abs((moved.at(-1)?.delayMs as number) - 280)).toBeLessThanOrEqual(25);
  });
});

describe('a caller', () => {
  test.each([
    ['jfk', 'harvard-1'],
    ['aishell-W0121', 'librivox-0880'],
    ['librivox-0880', 'goforward'],
    ['harvard-1', 'aishell-W0121'],
  ] as const)('with headphones is never taken for the agent: %s, %s', (agent, caller) => {
    const five = [0, 1, 2, 3, 4];
    const frames = play({
      agent: five.map((i) => talk(agent, 300 + i * 3700, SENT_DB)),
      caller: five.map((i) => talk(caller, 200 + i * 3500, -26)),
      noiseDb: -65,
    });
    expect(frames.filter(({ isEcho }) => isEcho)).toEqual([]);
    expect(frames.length).toBeGreaterThan(800);
  });

  test('who takes headphones after a loudspeaker is never taken for the agent', () => {
    const gate = new EchoGate();
    const verdict = new EchoVerdict();
    const agent = [talk('jfk', FIRST_AT, SENT_DB), talk('weatherlike', SECOND_AT, SENT_DB)];
    hearScene(echoScene(library, { agent, path: { delayMs: 150, levelDb: -6 } }), { gate, verdict });
    const caller = [talk('harvard-1', 200, -26), talk('goforward', 3500, -26)];
    const frames = hearScene(echoScene(library, { agent, caller }), { gate, verdict, startAt: 20_000 });
    expect(frames.filter(({ isEcho }) => isEcho)).toEqual([]);
  });

  test.each([
    { name: 'as loud as the echo', over: 0, hidden: 0.06 },
    { name: '6 dB louder', over: 6, hidden: 0.04 },
  ])('$name is told from it within 100 ms', ({ over, hidden }) => {
    const freed: number[] = [];
    const both: JudgedFrame[] = [];
    for (const [agent, caller, levelDb] of [
      ['jfk', 'harvard-1', -10],
      ['librivox-0880', 'goforward', -6],
      ['aishell-W0121', 'librivox-0880', -20],
    ] as const) {
      const path = { delayMs: 150, levelDb };
      const level = SENT_DB + levelDb + over;
      const frames = play({
        agent: [talk(agent, FIRST_AT, SENT_DB), talk(agent, 4500, SENT_DB)],
        caller: [talk(caller, 5100, level)],
        path,
      });
      both.push(...frames.filter((frame) => frame.callerDb > level - LOUD_DB && frame.callerDb >= frame.echoDb));
      const onset = frames.findIndex(({ callerDb, echoDb }) => callerDb > level - LOUD_DB && callerDb >= echoDb);
      freed.push(frames.slice(onset).findIndex(({ isEcho }) => !isEcho) * 20);
    }
    expect(Math.max(...freed)).toBeLessThanOrEqual(100);
    expect(share(both)).toBeLessThan(hidden);
  });

  test('who answers right after the agent is not held back', () => {
    const path = { delayMs: 150, levelDb: -6 };
    const frames = play({
      agent: [talk('weatherlike', FIRST_AT, SENT_DB)],
      caller: [talk('harvard-1', FIRST_AT + 1140 + 150 + 250, -26)],
      path,
    });
    const after = frames.filter(({ callerDb, echoDb }) => callerDb > -40 && callerDb > echoDb);
    expect(share(after)).toBeLessThan(0.03);
  });
});

describe('the gate', () => {
  test('has nothing to say while the agent is silent', () => {
    const frames = play({ agent: [], caller: [talk('jfk', 200, -26)] });
    for (const frame of frames) expect(frame).toMatchObject({ echo: 0, delayMs: undefined, isEcho: false });
    expect(Math.max(...frames.map(({ residualDb }) => residualDb))).toBeGreaterThan(-26);
  });

  test('says the same of the same, again after a reset', () => {
    const scene = echoScene(library, {
      agent: [talk('jfk', FIRST_AT, SENT_DB)],
      caller: [talk('goforward', 1200, -26)],
      path: { delayMs: 150, levelDb: -10 },
    });
    const gate = new EchoGate();
    const verdict = new EchoVerdict();
    const first = hearScene(scene, { gate, verdict });
    gate.reset();
    verdict.reset();
    expect(hearScene(scene, { gate, verdict, startAt: 77_000 })).toEqual(first);
    expect(hearScene(scene)).toEqual(first);
  });

  test('keeps the delay and the filter from one utterance to the next', () => {
    const { frames } = echoes({ delayMs: 150, levelDb: -10 });
    const loud = frames.filter(({ at, echoDb }) => at >= SECOND_AT && echoDb > SENT_DB - 10 - LOUD_DB);
    const lateBy = (loud.find(({ isEcho }) => isEcho)?.at as number) - (loud[0] as JudgedFrame).at;
    expect(lateBy).toBeLessThanOrEqual(60);
  });

  test('bears a microphone clock that jumps', () => {
    const gate = new EchoGate();
    const tone = sine(440, 16_000, 320);
    for (const at of [0, 20, 5_000_000, 5_000_020, 40, 60]) {
      gate.sent(tone, 16_000, 1000 + at);
      const { echo } = gate.judge({ samples: tone, rate: 16_000, at }, 1000 + at);
      expect(echo).toBeGreaterThanOrEqual(0);
    }
  });

  test('refuses what is no 20 ms frame', () => {
    const gate = new EchoGate();
    expect(() => gate.sent(new Int16Array(100), 16_000, 0)).toThrow(RangeError);
    expect(() => gate.sent(new Int16Array(441), 22_050, 0)).toThrow(RangeError);
  });
});
