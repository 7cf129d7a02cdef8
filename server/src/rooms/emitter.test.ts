import { expect, test } from '@jest/globals';
import { Emitter } from './emitter.ts';

test('a listener that throws stops no other, and is reported', () => {
  const thrown: unknown[] = [];
  const emitter = new Emitter<{ said: string }>((error) => thrown.push(error));
  const heard: string[] = [];
  const failure = new Error('cannot listen');
  emitter.on('said', () => {
    throw failure;
  });
  emitter.on('said', (word) => heard.push(word));
  emitter.emit('said', 'hello');
  expect(heard).toEqual(['hello']);
  expect(thrown).toEqual([failure]);
});

test('a listener may leave while it listens', () => {
  const emitter = new Emitter<{ said: string }>(() => {});
  const heard: string[] = [];
  const stop = emitter.on('said', (word) => {
    heard.push(word);
    stop();
  });
  emitter.emit('said', 'one');
  emitter.emit('said', 'two');
  expect(heard).toEqual(['one']);
});
