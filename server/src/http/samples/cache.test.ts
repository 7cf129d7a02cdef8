import { expect, test } from '@jest/globals';
import { FileCache } from './cache.ts';

test('files are kept up to so many bytes; the one not asked for longest goes first', () => {
  const cache = new FileCache(10);
  const held = (): string[] => ['a', 'b', 'c', 'd'].filter((key) => cache.get(key));
  cache.set('a', Buffer.alloc(4));
  cache.set('b', Buffer.alloc(4));
  cache.get('a');
  cache.set('c', Buffer.alloc(4));
  expect(held()).toEqual(['a', 'c']);
  cache.set('c', Buffer.alloc(6));
  expect(held()).toEqual(['a', 'c']);
  cache.set('d', Buffer.alloc(11));
  expect(held()).toEqual([]);
  cache.set('a', Buffer.alloc(10));
  expect(held()).toEqual(['a']);
});
