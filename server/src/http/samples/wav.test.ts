import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readWav } from '@parley/agent/testing';
import { wavOf } from './wav.ts';

test('what is written is read as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-wav-'));
  try {
    const sample = { rate: 22_050, samples: new Int16Array([0, 1, -1, 32_767, -32_768]) };
    writeFileSync(join(folder, 'sample.wav'), wavOf(sample));
    expect(readWav(join(folder, 'sample.wav'))).toEqual(sample);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
