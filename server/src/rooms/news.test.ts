import { describe, expect, test } from '@jest/globals';
import { NewsLog, type RoomNews } from './news.ts';

const words = (text: string, turn = 1): RoomNews => ({
  kind: 'agent',
  event: { type: 'transcript', turn, callerId: 'ann', text, final: false },
});
const left = (callerId: string): RoomNews => ({ kind: 'caller-left', callerId });

describe('the log of a room', () => {
  test('numbers what happens, and tells what came after', () => {
    const log = new NewsLog();
    log.add(left('ann'));
    log.add(left('bob'));
    expect(log.seq).toBe(2);
    expect(log.since(1)).toEqual([{ seq: 2, news: left('bob') }]);
    expect(log.since(2)).toEqual([]);
  });

  test('keeps the last of what is said again as it grows, under its new number', () => {
    const log = new NewsLog();
    log.add(words('he'));
    log.add(left('bob'));
    log.add(words('hello'));
    expect(log.since(0)).toEqual([
      { seq: 2, news: left('bob') },
      { seq: 3, news: words('hello') },
    ]);
  });

  test('is bounded, and says so where it does not reach back', () => {
    const log = new NewsLog(2);
    for (const id of ['a', 'b', 'c']) log.add(left(id));
    expect(log.since(0)).toBeUndefined();
    expect(log.since(1)).toHaveLength(2);
  });

  test('knows nothing of numbers that it has not given', () => {
    expect(new NewsLog().since(1)).toBeUndefined();
  });

  test('forgets nobody because one speaks much', () => {
    const log = new NewsLog(2);
    log.add(left('ann'));
    for (let i = 0; i < 100; i++) log.add(words(`word ${i}`));
    expect(log.since(0)).toHaveLength(2);
  });
});
