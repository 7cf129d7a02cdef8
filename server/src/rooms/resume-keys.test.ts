import { describe, expect, test } from '@jest/globals';
import { ResumeKeys } from './resume-keys.ts';

const ann = { caller: { id: 'ann' } };

describe('the way back into a call', () => {
  test('is a secret nobody can guess, good for one caller', () => {
    const keys = new ResumeKeys();
    const secrets = Array.from({ length: 100 }, (_, i) => keys.issue({ caller: { id: String(i) } }));
    expect(new Set(secrets).size).toBe(100);
    expect(Buffer.from(secrets[0] as string, 'base64url').length).toBeGreaterThanOrEqual(24);
    expect(keys.use(secrets[7] as string)).toEqual({ caller: { id: '7' } });
    expect(keys.use('guessed')).toBeUndefined();
  });

  test('is void once the caller has the next one', () => {
    const keys = new ResumeKeys<typeof ann>();
    const first = keys.issue(ann);
    expect(keys.use(first)).toBe(ann);
    const second = keys.issue(ann);
    keys.confirm('ann');
    expect(keys.use(first)).toBeUndefined();
    expect(keys.use(second)).toBe(ann);
  });

  test('stays good where the next one was lost on its way', () => {
    const keys = new ResumeKeys<typeof ann>();
    const first = keys.issue(ann);
    for (let i = 0; i < 10; i++) {
      expect(keys.use(first)).toBe(ann);
      keys.issue(ann);
    }
    expect(keys.size).toBe(2);
  });

  test('ends with the call', () => {
    const keys = new ResumeKeys<typeof ann>();
    const secret = keys.issue(ann);
    keys.drop('ann');
    expect(keys.use(secret)).toBeUndefined();
    expect(keys.size).toBe(0);
  });
});
