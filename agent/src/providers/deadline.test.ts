import { expect, test } from '@jest/globals';
import { ManualClock } from '../testing/index.ts';
import { Deadline } from './deadline.ts';

const make = (parent = new AbortController()) => {
  const clock = new ManualClock();
  return { clock, parent, deadline: new Deadline({ stage: 'llm', ms: 1000, parent: parent.signal, clock }) };
};

test('a deadline is a timeout after so much silence', async () => {
  const { clock, deadline } = make();
  await clock.advance(999);
  expect(deadline.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(deadline.signal.reason).toMatchObject({ name: 'ProviderError', stage: 'llm', reason: 'timeout' });
});

test('each sign of life gives it all its time again, and a pause stops it', async () => {
  const { clock, deadline } = make();
  await clock.advance(900);
  deadline.touch();
  await clock.advance(900);
  deadline.pause();
  await clock.advance(9000);
  expect(deadline.signal.aborted).toBe(false);
});

test("it passes its caller's reason on, also one from before", () => {
  const parent = new AbortController();
  const { deadline } = make(parent);
  parent.abort(new Error('barge-in'));
  expect(deadline.signal.reason).toEqual(new Error('barge-in'));
  expect(make(parent).deadline.signal.reason).toEqual(new Error('barge-in'));
});

test('closing it aborts what is open, and is no timeout later', async () => {
  const { clock, deadline } = make();
  deadline.close();
  expect(deadline.signal.reason).toMatchObject({ name: 'AbortError' });
  await clock.advance(2000);
  expect(deadline.signal.reason).toMatchObject({ name: 'AbortError' });
});
