import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { TurnPreset } from '../../contracts/index.ts';
import { noPauses } from './pause-stats.ts';
import { DEFAULT_KNOBS, PRESETS, type TurnKnobs, turnPolicies } from './presets.ts';

const GUIDE = readFileSync(new URL('../../../../docs/turn-taking.md', import.meta.url), 'utf8');

describe('presets', () => {
  test('balanced is the default', () => {
    expect(turnPolicies().knobs).toEqual(DEFAULT_KNOBS);
    expect(turnPolicies('balanced').knobs).toEqual(DEFAULT_KNOBS);
  });

  test.each(['yes', 'my brother lives in boston', 'i want to', 'the code is a b c', ''])(
    'quick answers "%s" sooner than balanced, patient later',
    (text) => {
      const [quick, balanced, patient] = (['quick', 'balanced', 'patient'] as const).map((preset) =>
        turnPolicies(preset).endpointing.silenceMs({ text, settled: true, pauses: noPauses }),
      ) as [number, number, number];
      expect(quick).toBeLessThan(balanced);
      expect(balanced).toBeLessThan(patient);
    },
  );

  test('a single knob can be changed; undefined leaves it', () => {
    const { knobs } = turnPolicies('quick', { openSilenceMs: 480, holdAfterMs: undefined });
    expect(knobs.openSilenceMs).toBe(480);
    expect(knobs.holdAfterMs).toBe(PRESETS.quick.holdAfterMs);
  });

  test.each([
    { openSilenceMs: Number.NaN },
    { holdAfterMs: -1 },
    { maxSilenceMs: Number.POSITIVE_INFINITY },
    { usualPauseMs: 0 },
    { minSilenceMs: 3000 },
    { minPaceFactor: 2 },
    { maxModelFactor: 0.9 },
  ] satisfies Partial<TurnKnobs>[])('%j is refused', (overrides) => {
    expect(() => turnPolicies('balanced', overrides)).toThrow(RangeError);
  });

  test.each(Object.keys(DEFAULT_KNOBS) as (keyof TurnKnobs)[])('the guide has %s with its values', (knob) => {
    const values = (['patient', 'balanced', 'quick'] as TurnPreset[]).map((preset) => turnPolicies(preset).knobs[knob]);
    expect(GUIDE).toContain(`| \`${knob}\` | ${values.join(' | ')} |`);
  });
});
