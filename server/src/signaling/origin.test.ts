import { expect, test } from '@jest/globals';
import { isAllowedOrigin } from './origin.ts';

test.each([
  [undefined, 'voice.example', [], true],
  ['https://voice.example', 'voice.example', [], true],
  ['http://LOCALHOST:8000', 'localhost:8000', [], true],
  ['http://localhost:3000', 'localhost:8000', [], false],
  ['http://localhost:3000', 'localhost:8000', ['http://localhost:3000'], true],
  ['https://foe.example', 'voice.example', ['https://friend.example'], false],
  ['https://foe.example', 'voice.example', ['*'], true],
  ['null', 'voice.example', [], false],
  ['https://voice.example', undefined, [], false],
])('a page of %s at %s, with %j allowed: %s', (origin, host, allowed, answer) => {
  expect(isAllowedOrigin(origin, host, allowed)).toBe(answer);
});
