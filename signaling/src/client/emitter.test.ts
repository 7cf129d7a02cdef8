import { expect, jest, test } from '@jest/globals';
import { Emitter } from './emitter.ts';

test('a listener that throws is reported, and the others still hear', () => {
  const report = jest.spyOn(console, 'error').mockImplementation(() => {});
  const emitter = new Emitter<{ word: string }>();
  const heard: string[] = [];
  emitter.on('word', () => {
    throw new Error('mine');
  });
  emitter.on('word', (word) => heard.push(word));
  emitter.emit('word', 'tea');
  expect(heard).toEqual(['tea']);
  expect(report).toHaveBeenCalledTimes(1);
  report.mockRestore();
});

test('a listener hears no more once it is taken off', () => {
  const emitter = new Emitter<{ word: string }>();
  const heard: string[] = [];
  const off = emitter.on('word', (word) => heard.push(word));
  off();
  emitter.emit('word', 'tea');
  expect(heard).toEqual([]);
});
