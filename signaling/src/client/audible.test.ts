import { beforeEach, describe, expect, test } from '@jest/globals';
import { Audible } from './audible.ts';

let audible: Audible;
let tellings: number;
let connected: boolean;

beforeEach(() => {
  tellings = 0;
  connected = true;
  audible = new Audible(() => {
    if (connected) tellings++;
    return connected;
  });
});

const hear = () => {
  for (const need of ['connected', 'resumed', 'playing'] as const) audible.meet(need);
};

describe('that the agent can be heard', () => {
  test('is told once all that it needs is true, in any order, and once', () => {
    audible.meet('playing');
    audible.meet('connected');
    expect(tellings).toBe(0);
    audible.meet('resumed');
    audible.meet('playing');
    expect(tellings).toBe(1);
  });

  test('is not told while something of it is true no more', () => {
    audible.meet('playing');
    audible.meet('resumed');
    audible.miss('playing');
    audible.meet('connected');
    expect(tellings).toBe(0);
    audible.meet('playing');
    expect(tellings).toBe(1);
  });

  test('needs everything anew after new media', () => {
    audible.meet('playing');
    audible.meet('resumed');
    audible.miss();
    audible.meet('connected');
    expect(tellings).toBe(0);
  });

  test('is told again after a connection that broke', () => {
    hear();
    audible.tellAgain();
    audible.meet('connected');
    expect(tellings).toBe(2);
  });

  test('waits for a server to tell it to', () => {
    connected = false;
    hear();
    connected = true;
    audible.meet('connected');
    expect(tellings).toBe(1);
  });
});
