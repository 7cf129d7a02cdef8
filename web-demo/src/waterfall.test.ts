import { describe, expect, test } from '@jest/globals';
import { addFigures, layOut, MOST_TURNS, type Turn } from './waterfall.ts';

const figures = {
  endpointing: 300,
  asr_final: 120,
  llm_first_token: 200,
  tts_first_audio: 80,
  first_packet: 10,
  voice_to_voice: 640,
};
const startsOf = (turn: Parameters<typeof layOut>[0]) =>
  Object.fromEntries(layOut(turn).bars.map(({ stage, startMs }) => [stage, startMs]));

describe('the stages of a turn', () => {
  test('stand on one time line that ends with the first packet', () => {
    expect(layOut(figures).totalMs).toBe(640);
    expect(startsOf(figures)).toEqual({
      endpointing: 0,
      asr_final: 0,
      // After the later one of the two.
      llm_first_token: 300,
      // The model takes 50 ms from its first word to its first clause.
      tts_first_audio: 550,
      first_packet: 630,
    });
  });

  test('wait for the transcript where it is later than the end of the turn', () => {
    expect(startsOf({ ...figures, asr_final: 340 })).toMatchObject({ llm_first_token: 340 });
  });

  test('begin earlier where the model started on speculation', () => {
    expect(startsOf({ ...figures, voice_to_voice: 480, speculation_saved: 160 })).toMatchObject({
      llm_first_token: 140,
    });
  });

  test('follow one another where nothing tells the total', () => {
    const { bars, totalMs, spoken } = layOut({ endpointing: 100, llm_first_token: 50 });
    expect(totalMs).toBe(150);
    expect(spoken).toBe(false);
    expect(bars).toEqual([
      { stage: 'endpointing', startMs: 0, durationMs: 100 },
      { stage: 'llm_first_token', startMs: 100, durationMs: 50 },
    ]);
  });

  test('never reach beyond the total, whatever the figures say', () => {
    const odd = layOut({ ...figures, llm_first_token: 5_000, voice_to_voice: 400 });
    for (const { startMs, durationMs } of odd.bars) {
      expect(startMs).toBeGreaterThanOrEqual(0);
      expect(startMs + durationMs).toBeLessThanOrEqual(400);
    }
  });

  test('that did not happen are not shown', () => {
    expect(layOut({ barge_in_stop: 120 })).toEqual({ bars: [], totalMs: 0, spoken: false });
  });
});

describe('the figures of turns', () => {
  const turn = (n: number, more: Turn['figures'] = {}): Turn => ({ key: `1.${n}`, turn: n, figures: more });

  test('that come in parts belong together', () => {
    const turns = [turn(1, { voice_to_voice: 600 })].reduce(addFigures, [] as readonly Turn[]);
    expect(addFigures(turns, turn(1, { barge_in_stop: 90 }))).toEqual([
      turn(1, { voice_to_voice: 600, barge_in_stop: 90 }),
    ]);
  });

  test('are kept for the newest turns', () => {
    const turns = Array.from({ length: MOST_TURNS + 3 }, (_, n) => turn(n)).reduce(addFigures, [] as readonly Turn[]);
    expect(turns.map((each) => each.turn)).toEqual(Array.from({ length: MOST_TURNS }, (_, n) => n + 3));
  });
});
