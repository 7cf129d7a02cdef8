import { describe, expect, test } from '@jest/globals';
import { type AnswerInput, FOLLOW_UP_MS, mustAnswer } from './answer-rule.ts';

const answers = (input: Partial<AnswerInput>): boolean =>
  mustAnswer({
    policy: 'when-named',
    text: 'what time is it',
    names: ['Parley'],
    callers: 2,
    callerId: 'ann',
    asked: false,
    ...input,
  });

describe('when the agent answers', () => {
  test('every turn is answered where every turn is to be', () => {
    expect(answers({ policy: 'every-turn' })).toBe(true);
  });

  test('a single caller need not name it', () => {
    expect(answers({ callers: 1 })).toBe(true);
  });

  test('among several only who names it is answered', () => {
    expect(answers({})).toBe(false);
    expect(answers({ text: 'parley what time is it' })).toBe(true);
    expect(answers({ text: '' })).toBe(false);
  });

  test('who was answered just now goes on without the name', () => {
    expect(answers({ lastAnswered: { callerId: 'ann', msAgo: 0 } })).toBe(true);
    expect(answers({ lastAnswered: { callerId: 'ann', msAgo: FOLLOW_UP_MS } })).toBe(true);
    expect(answers({ lastAnswered: { callerId: 'ann', msAgo: FOLLOW_UP_MS + 1 } })).toBe(false);
  });

  test('another caller does not: people talk about what they were told', () => {
    expect(answers({ lastAnswered: { callerId: 'bob', msAgo: 1000 } })).toBe(false);
  });

  test('who names another caller talks with that one', () => {
    const lastAnswered = { callerId: 'ann', msAgo: 1000 };
    expect(answers({ lastAnswered, others: ['Bob'], text: 'bob what do you think' })).toBe(false);
    expect(answers({ lastAnswered, others: ['Bob'], text: 'i told bob about it' })).toBe(true);
    expect(answers({ lastAnswered, others: ['Bob'], text: 'bob is it far, or parley, do you know' })).toBe(true);
  });

  test('on request means on request, also for a single caller who names it', () => {
    expect(answers({ policy: 'on-request', callers: 1, text: 'parley what time is it' })).toBe(false);
    expect(answers({ policy: 'on-request', asked: true })).toBe(true);
  });

  test('who asks by other means is answered whatever the words are', () => {
    expect(answers({ asked: true, text: '' })).toBe(true);
  });
});
