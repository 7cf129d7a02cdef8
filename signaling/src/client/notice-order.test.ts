import { beforeEach, expect, test } from '@jest/globals';
import { NoticeOrder } from './notice-order.ts';

let order: NoticeOrder;
let told: string[];
const take = (seq: number | undefined, text: string) => order.take(seq, () => told.push(text));

beforeEach(() => {
  order = new NoticeOrder();
  told = [];
});

test('what comes again after a connection that broke is told once', () => {
  take(1, 'one');
  take(2, 'two');
  take(1, 'one again');
  take(3, 'three');
  expect(told).toEqual(['one', 'two', 'three']);
  expect(order.seen).toBe(3);
});

test('a notice without a number is told always, and counts for nothing', () => {
  take(4, 'four');
  take(undefined, 'mine');
  take(undefined, 'mine');
  expect(told).toEqual(['four', 'mine', 'mine']);
  expect(order.seen).toBe(4);
});

test('what comes before the answer that it follows waits for it, in order', () => {
  order.hold();
  take(1, 'one');
  take(2, 'two');
  expect(told).toEqual([]);
  order.release();
  take(3, 'three');
  expect(told).toEqual(['one', 'two', 'three']);
});

test('what a room told as a whole has in it is not told again', () => {
  order.hold();
  take(8, 'eight');
  take(9, 'nine');
  order.skipTo(8);
  order.release();
  expect(told).toEqual(['nine']);
});

test('without an answer, what came before it is dropped: it comes again with the next', () => {
  order.hold();
  take(1, 'one');
  order.forget();
  take(1, 'one again');
  expect(told).toEqual(['one again']);
});
