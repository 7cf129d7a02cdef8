import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../codec/index.ts';
import { check, JudgedGates, loadScenes, type ReplayParts, replay, story } from './index.ts';

describe('a conversation', () => {
  let parts: ReplayParts;
  beforeAll(async () => {
    parts = { library: await OpusLibrary.load(), gates: await JudgedGates.load() };
  });
  afterAll(() => parts.gates.close());

  test.each([...loadScenes()].map(([file, scene]) => [scene.title, file, scene] as const))(
    '%s (%s)',
    async (_, __, scene) => {
      const seen = await replay(scene, parts);
      const faults = check(scene, seen);
      expect(faults.length === 0 ? '' : `${faults.join('\n')}\n\n${story(seen)}`).toBe('');
    },
  );
});
