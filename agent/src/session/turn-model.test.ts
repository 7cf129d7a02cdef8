import { describe, expect, test } from '@jest/globals';
import { ManualClock, ScriptedTurnDetector, scriptedSession, settle } from '../testing/index.ts';
import { type TurnEvent, turnPolicies } from '../turns/index.ts';
import { TurnEnd } from './turn-end.ts';

/** Words that do not tell whether they are all: 550 ms of silence, 275 where a model is sure of the end, 1650 where not. */
const OPEN = 'my brother lives in boston';

function speaking(detector = new ScriptedTurnDetector()) {
  const clock = new ManualClock();
  const events: TurnEvent['type'][] = [];
  const end = new TurnEnd({
    clock,
    policy: turnPolicies('balanced').endpointing,
    speculation: false,
    words: () => ({ text: OPEN, settled: true }),
    predict: (signal) => detector.predict({ audio: new Int16Array(1), text: OPEN }, { signal }),
    isForAgent: () => true,
    patienceMs: 0,
    onStall: () => {},
    dispatch: ({ type }) => events.push(type),
  });
  /** Silence from now on: voice detection lets go after 50 ms and calls speech ended after 250. */
  const fallsSilent = async (): Promise<void> => {
    const from = clock.now();
    await clock.advance(50);
    end.falls(true);
    await clock.advance(200);
    end.wait(from);
  };
  /** ms of silence after which the turn ended. */
  const endedAfter = async (): Promise<number> => {
    const from = clock.now() - 250;
    for (let i = 0; i < 4000 && events.length === 0; i++) await clock.advance(1);
    return clock.now() - from;
  };
  return { clock, end, events, detector, fallsSilent, endedAfter };
}

describe('the end of a turn with an audio model', () => {
  test('is asked about after 200 ms of silence, once for each pause', async () => {
    const { clock, end, detector } = speaking();
    await clock.advance(50);
    end.falls(true);
    await clock.advance(149);
    expect(detector.asked).toHaveLength(0);
    await clock.advance(1);
    expect(detector.asked).toHaveLength(1);
    end.wait(0);
    end.wordsChanged();
    expect(detector.asked).toHaveLength(1);
  });

  test('comes sooner where the model hears one, later where it hears that more comes', async () => {
    const told = async (probability: number): Promise<number> => {
      const { fallsSilent, endedAfter } = speaking(new ScriptedTurnDetector(probability));
      await fallsSilent();
      return endedAfter();
    };
    expect([await told(1), await told(0.5), await told(0)]).toEqual([275, 550, 1650]);
  });

  test('is where words and pauses say while the model thinks, and where it fails', async () => {
    const slow = speaking();
    await slow.fallsSilent();
    expect(await slow.endedAfter()).toBe(550);
    expect(slow.detector.asked[0]?.signal.aborted).toBe(true);
    const broken = speaking();
    await broken.fallsSilent();
    broken.detector.answer(0, new Error('out of memory'));
    expect(await broken.endedAfter()).toBe(550);
  });

  test('moves when the answer comes in the middle of the silence', async () => {
    const { clock, fallsSilent, detector, events } = speaking();
    await fallsSilent();
    await clock.advance(150);
    detector.answer(0, 1);
    await settle();
    expect(events).toEqual([]);
    await clock.advance(0);
    expect(events).toEqual(['turn-complete']);
  });

  test('hears nothing of an answer about an earlier pause', async () => {
    const { clock, end, fallsSilent, endedAfter, detector } = speaking();
    await fallsSilent();
    end.wentOn(clock.now());
    expect(detector.asked[0]?.signal.aborted).toBe(true);
    await clock.advance(300);
    await fallsSilent();
    detector.answer(0, 1);
    // The pause before has made the usual one a little shorter.
    expect(await endedAfter()).toBeGreaterThan(480);
    expect(detector.asked).toHaveLength(2);
  });

  test('is asked about again when the voice falls quiet, goes on, and falls quiet', async () => {
    const { clock, end, detector } = speaking(new ScriptedTurnDetector(1));
    end.falls(true);
    await clock.advance(160);
    end.falls(false);
    expect(detector.asked.map(({ signal }) => signal.aborted)).toEqual([true]);
    end.falls(true);
    await clock.advance(100);
    end.falls(false);
    await clock.advance(500);
    expect(detector.asked).toHaveLength(1);
    end.falls(true);
    await clock.advance(150);
    expect(detector.asked).toHaveLength(2);
  });

  test('is asked about at once where the quiet was not noticed before', () => {
    const { end, detector } = speaking();
    end.wait(0);
    expect(detector.asked).toHaveLength(1);
  });
});

describe('a conversation with an audio model', () => {
  /** By words: the utterances do not tell whether they are all. */
  const conversation = (turnDetector: ScriptedTurnDetector, settings = {}) =>
    scriptedSession({ turnDetector, settings: { endpointingMs: undefined, ...settings } });

  test('lets it hear the turn so far with what led up to it, both of its parts, and the words', async () => {
    const detector = new ScriptedTurnDetector(0);
    const { caller } = conversation(detector);
    await caller.goOn(1000);
    await caller.speak(600, 250);
    expect(detector.asked).toHaveLength(1);
    // 600 ms of speech, 500 before it, and frames come only while somebody speaks here.
    expect(detector.asked[0]?.audio).toHaveLength((600 + 250 + 500) * 16);
    await caller.speak(400, 250);
    expect(detector.asked).toHaveLength(2);
    expect(detector.asked[1]?.audio.length).toBeGreaterThan((600 + 250 + 400 + 250) * 16);
  });

  test('begins anew with the next turn', async () => {
    const detector = new ScriptedTurnDetector(1);
    const { caller, clock, of } = conversation(detector);
    await caller.goOn(3000);
    await caller.speak(2000, 250);
    await clock.advance(10_000);
    expect(of('reply-text').length).toBeGreaterThan(0);
    await caller.speak(400, 250);
    expect(detector.asked.at(-1)?.audio).toHaveLength((400 + 250 + 500) * 16);
  });

  test('asks nothing where the silence is fixed', async () => {
    const detector = new ScriptedTurnDetector(1);
    const { caller } = conversation(detector, { endpointingMs: 500 });
    await caller.speak(600, 250);
    expect(detector.asked).toHaveLength(0);
  });
});
