import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/index.ts';
import { type TurnEvent, turnPolicies } from '../turns/index.ts';
import { TurnEnd } from './turn-end.ts';

function pausing() {
  const clock = new ManualClock();
  const events: TurnEvent['type'][] = [];
  const end = new TurnEnd({
    clock,
    policy: turnPolicies('balanced').endpointing,
    speculation: false,
    words: () => ({ text: 'i would like to', settled: true }),
    isForAgent: () => true,
    patienceMs: 0,
    onStall: () => {},
    dispatch: ({ type }) => events.push(type),
  });
  end.wait(0);
  return { clock, end, events };
}

describe('a turn whose silence is long enough just as somebody may be starting to go on', () => {
  test('does not end before that is known', async () => {
    const { clock, end, events } = pausing();
    await clock.advance(1250);
    end.stirs(true);
    await clock.advance(150);
    expect(events).toEqual([]);
    end.wentOn(1240);
    await clock.advance(2000);
    expect(events).toEqual([]);
  });

  test('ends at once when it was nothing', async () => {
    const { clock, end, events } = pausing();
    await clock.advance(1250);
    end.stirs(true);
    await clock.advance(100);
    end.stirs(false);
    expect(events).toEqual(['turn-complete']);
  });

  test('does not wait long for it', async () => {
    const { clock, end, events } = pausing();
    await clock.advance(1250);
    end.stirs(true);
    await clock.advance(200);
    expect(events).toEqual(['turn-complete']);
  });
});
