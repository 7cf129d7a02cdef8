import { beforeAll, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../codec/index.ts';
import { HEARING_RATE } from '../contracts/index.ts';
import { framesOf, pinkNoise, scene, spoken } from '../testing/index.ts';
import { EarlyOnset } from './early-onset.ts';

let library: OpusLibrary;

beforeAll(async () => {
  library = await OpusLibrary.load();
});

/** Ms of the audio at whose packets an onset was told, through real Opus. */
function onsets(samples: Int16Array): number[] {
  const encoder = library.encoder({ rate: HEARING_RATE });
  const told: number[] = [];
  let now = 0;
  const decoder = library.decoder({ rate: HEARING_RATE });
  const early = new EarlyOnset(() => told.push(now));
  for (const frame of framesOf(samples).filter((each) => each.samples.length === 320)) {
    now = frame.at + 20;
    early.receive(decoder.decode(encoder.encode(frame.samples)));
  }
  decoder.close();
  encoder.close();
  return told;
}

describe('an early onset', () => {
  test.each(['turnonlamp', 'weatherlike', 'jfk'] as const)('of "%s" is told within 100 ms', (clip) => {
    const [first] = onsets(scene([1000, spoken(clip)]));
    expect(first).toBeGreaterThan(980);
    expect(first).toBeLessThan(1100);
  });

  test('is none in steady noise, however loud', () => {
    const noise = Int16Array.from(pinkNoise(5 * HEARING_RATE), (sample) => 2000 * sample);
    expect(onsets(noise)).toEqual([]);
  });

  test('is told once for speech without a pause, and again after one', () => {
    const speech = spoken('turnonlamp');
    expect(onsets(scene([1000, speech, 1000, speech])).length).toBeLessThanOrEqual(4);
    expect(onsets(scene([1000, speech, 1000, speech])).some((at) => at > 2800)).toBe(true);
  });
});
