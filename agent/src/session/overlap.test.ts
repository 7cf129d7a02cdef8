import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/index.ts';
import { turnPolicies } from '../turns/index.ts';
import { Overlap } from './overlap.ts';

function heard() {
  const clock = new ManualClock();
  const said = { text: '', settled: false, echo: false };
  const verdicts: string[] = [];
  const overlap = new Overlap({
    clock,
    policy: turnPolicies('balanced').interruption,
    startedAt: 0,
    words: () => ({ ...said }),
    onHold: () => verdicts.push('hold'),
    onBackground: () => verdicts.push('background'),
    onVerdict: (verdict) => verdicts.push(verdict),
  });
  const goOn = async (ms: number): Promise<void> => {
    for (let gone = 0; gone < ms; gone += 20) {
      await clock.advance(20);
      overlap.goesOn();
    }
  };
  return { clock, overlap, said, verdicts, goOn };
}

describe("the agent's own voice, come back", () => {
  test('stays that in its pauses, whatever words were recognised in it', async () => {
    const { clock, overlap, said, verdicts, goOn } = heard();
    said.echo = true;
    await goOn(600);
    said.text = 'it is sunny';
    said.echo = false;
    overlap.pausedAt(clock.now());
    await clock.advance(400);
    expect(verdicts).toEqual(['let-go']);
  });

  test('is not counted to the length of what a caller then says', async () => {
    const { said, verdicts, goOn } = heard();
    said.echo = true;
    await goOn(3000);
    said.echo = false;
    await goOn(60);
    expect(verdicts).toEqual([]);
    await goOn(60);
    expect(verdicts.at(-1)).toBe('hold');
    await goOn(900);
    expect(verdicts.at(-1)).toBe('take-floor');
  });
});
