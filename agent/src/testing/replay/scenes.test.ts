import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../codec/index.ts';
import { check, JudgedGates, loadScenes, type ReplayParts, replay, story } from './index.ts';

describe('a conversation', () => {
  let parts: ReplayParts;
  beforeAll(async () => {
    parts = { library: await OpusLibrary.load(), gates: await JudgedGates.load() };
  });
  afterAll(() => parts.gates.close());

  for (const [file, scene] of loadScenes()) {
    const runs = scene.not_yet === undefined ? test : test.failing;
    runs(`${scene.title} (${file})`, async () => {
      const seen = await replay(scene, parts);
      const faults = check(scene, seen);
      expect(faults.length === 0 ? '' : `${faults.join('\n')}\n\n${story(seen)}`).toBe('');
    });
  }
});
