import { beforeEach, describe, expect, test } from '@jest/globals';
import { EchoVerdict } from './echo-verdict.ts';

let verdict: EchoVerdict;
let now: number;

beforeEach(() => {
  verdict = new EchoVerdict();
  now = 5000;
});

function hear(echo: number, frames: number, levelDb = -30): void {
  for (let i = 0; i < frames; i++) {
    now += 20;
    const residualDb = levelDb + 10 * Math.log10(1 - echo + 1e-9);
    verdict.hear({ echo, levelDb, residualDb, delayMs: 100 }, now);
  }
}

describe('a verdict', () => {
  test('is not echo before anything was heard', () => {
    expect(verdict.isEcho(now)).toBe(false);
  });

  test('is echo after 60 ms of it', () => {
    hear(0.9, 2);
    expect(verdict.isEcho(now)).toBe(false);
    hear(0.9, 1);
    expect(verdict.isEcho(now)).toBe(true);
  });

  test('goes within 80 ms of a caller as loud as the echo', () => {
    hear(0.9, 20);
    hear(0.45, 4, -27);
    expect(verdict.isEcho(now)).toBe(false);
  });

  test('goes at once for a caller who is much louder', () => {
    hear(0.9, 20);
    hear(0.1, 1, -18);
    expect(verdict.isEcho(now)).toBe(false);
  });

  test('remembers that the line brings our voice back, if only mixed with other sounds', () => {
    hear(0.6, 8);
    hear(0.1, 200);
    expect(verdict.returns).toBe(true);
    verdict.reset();
    expect(verdict.returns).toBe(false);
  });

  test('is not taken in by the chance likeness of noise to our voice', () => {
    for (let i = 0; i < 50; i++) {
      hear(0.15, 7);
      hear(0.5, 1);
    }
    expect(verdict.returns).toBe(false);
  });

  test('holds on where the share wavers between the two thresholds, and does not begin there', () => {
    hear(0.7, 20);
    expect(verdict.isEcho(now)).toBe(false);
    hear(0.9, 20);
    hear(0.7, 20);
    expect(verdict.isEcho(now)).toBe(true);
  });

  test('takes no note of frames that are all but silent', () => {
    hear(0.9, 10);
    hear(0, 6, -70);
    expect(verdict.isEcho(now)).toBe(true);
    hear(0, 40, -70);
    expect(verdict.isEcho(now)).toBe(false);
  });

  test('does not mix what is old with what is new', () => {
    hear(0.9, 20);
    now += 1000;
    hear(0.9, 2);
    expect(verdict.isEcho(now)).toBe(false);
  });

  test('begins anew after a reset', () => {
    hear(0.9, 20);
    verdict.reset();
    expect(verdict.isEcho(now)).toBe(false);
    hear(0.9, 3);
    expect(verdict.isEcho(now)).toBe(true);
  });
});
