import { describe, expect, test } from '@jest/globals';
import type { TurnPreset } from '../../contracts/index.ts';
import { type InterruptionVerdict, type Overlap, overlapWords } from './interruption.ts';
import { PRESETS, turnPolicies } from './presets.ts';

const { interruption, knobs } = turnPolicies();
const judge = (overlap: Partial<Overlap>): InterruptionVerdict =>
  interruption.judge({ lastedMs: 0, speaking: true, silentMs: 0, text: '', settled: false, ...overlap });

interface Scene {
  readonly speechMs: number;
  /** Partials: since the onset in ms. */
  readonly words?: readonly (readonly [atMs: number, text: string])[];
  /** When the final is in, since the onset in ms; never where absent. */
  readonly finalAtMs?: number;
}

/** Plays an overlap frame by frame: when each verdict came first, and how it ended. */
function play({ speechMs, words = [], finalAtMs }: Scene, preset: TurnPreset = 'balanced') {
  const policy = turnPolicies(preset).interruption;
  let heldAt: number | undefined;
  for (let now = 80; now < 20_000; now += 20) {
    const verdict = policy.judge({
      lastedMs: Math.min(now, speechMs),
      speaking: now <= speechMs,
      silentMs: Math.max(0, now - speechMs),
      text: words.findLast(([at]) => at <= now)?.[1] ?? '',
      settled: finalAtMs !== undefined && now >= finalAtMs,
    });
    if (verdict === 'hold') heldAt ??= now;
    if (verdict === 'take-floor' || verdict === 'let-go') return { verdict, at: now, stoppedAt: heldAt ?? now };
  }
  throw new Error('no verdict for ever');
}

describe('words over a voice', () => {
  test.each(
    `uh-huh|Uh huh.|mm-hmm|mmhmm|Mm-hmm, mm-hmm.|mhm|hmmmm|yeah|yeah yeah|yeahhh|yep|right|right right|okay|OK|k
    |I see|oh I see|oh really|got it|sure|yeah sure okay|that's right|makes sense|no way|no problem|of course|wow|oh wow
    |uh-huh yeah|um yeah|a huh|aha|go on|嗯|嗯嗯|嗯哼|恩|对|对对对|是的|是的是的|好|好的好的|嗯对|嗯好的|哦|哦哦|原来如此|明白了|知道了|没错|不错
    |真的吗|對對對|然后呢|嗯，是的。`.split(/\s*\|\s*/),
  )('"%s" is a backchannel', (text) => {
    expect(overlapWords(text)).toBe('backchannel');
  });

  test.each(
    `stop|Stop.|stop stop|okay stop|yeah wait|wait|wait a minute|hold on|hang on|no|no no no|nope|enough|hey|excuse me
    |um wait|be quiet|shut up|never mind|listen|停|停停停|停一下|等一下|等等|嗯等一下|不|不是|不对|不要|别说了|好了好了|够了|算了|闭嘴
    |等一下我想问`.split(/\s*\|\s*/),
  )('"%s" commands silence', (text) => {
    expect(overlapWords(text)).toBe('command');
  });

  test.each(
    `what about tomorrow|yeah but I wanted|okay and the price|can you|right at the corner|actually I meant Tuesday
    |uh I have|the other one|那明天呢|对但是|我想要红色的|嗯那个多少钱|你刚才说什么`.split(/\s*\|\s*/),
  )('"%s" has content', (text) => {
    expect(overlapWords(text)).toBe('words');
  });

  test.each(['', '[NOISE]', '(coughs)', 'um', 'the', 'a', 'uhm', 'er', 'Thanks for watching!', '咳咳', '谢谢观看'])(
    '"%s" is nothing',
    (text) => expect(overlapWords(text)).toBe('none'),
  );
});

describe('a real interruption', () => {
  test('stops the voice within 300 ms of its onset, with no transcript at all', () => {
    for (const preset of Object.keys(PRESETS) as TurnPreset[]) {
      const { verdict, stoppedAt } = play({ speechMs: 2500 }, preset);
      expect(verdict).toBe('take-floor');
      expect(stoppedAt).toBeLessThanOrEqual(200);
    }
  });

  test('takes the floor as soon as its words are known', () => {
    expect(
      play({
        speechMs: 2000,
        words: [
          [400, 'yeah'],
          [600, 'yeah but what'],
        ],
      }),
    ).toMatchObject({
      verdict: 'take-floor',
      at: 600,
    });
  });

  test('takes the floor by one word only where it has lasted, or is final', () => {
    expect(judge({ lastedMs: 300, text: 'tuesday' })).toBe('hold');
    expect(judge({ lastedMs: knobs.oneWordFloorMs, text: 'tuesday' })).toBe('take-floor');
    expect(judge({ lastedMs: 300, text: 'tuesday', speaking: false, silentMs: 20, settled: true })).toBe('take-floor');
  });

  test('takes the floor by a command however short', () => {
    expect(judge({ lastedMs: 90, text: 'stop' })).toBe('take-floor');
    expect(judge({ lastedMs: 90, text: '停', speaking: false, silentMs: 40 })).toBe('take-floor');
  });

  test('is not lost where a recogniser that gives no partials answers late', () => {
    const final = [[1500, 'what time is it']] as const;
    expect(play({ speechMs: 700, words: final, finalAtMs: 1500 })).toMatchObject({ verdict: 'take-floor', at: 1500 });
    expect(play({ speechMs: 350, words: [[1200, 'stop']], finalAtMs: 1200 }).verdict).toBe('take-floor');
    expect(play({ speechMs: 900 }).verdict).toBe('take-floor');
  });
});

describe('what is no interruption', () => {
  const recognisers = [
    ['streaming', 250, 350],
    ['slow and without partials', 100_000, 900],
    ['that never answers', 100_000, 100_000],
  ] as const;

  describe.each(recognisers)('with a recogniser %s', (_name, partialAfterMs, finalAfterMs) => {
    test.each([60, 120, 200, 300, 400, 490])('a cough of %d ms cuts nothing', (speechMs) => {
      expect(play({ speechMs, finalAtMs: speechMs + finalAfterMs }).verdict).toBe('let-go');
    });

    test.each([
      ['mm-hmm', 450],
      ['yeah', 300],
      ['okay right', 480],
      ['嗯', 250],
      ['对对对', 490],
    ] as const)('"%s" of %d ms cuts nothing', (text, speechMs) => {
      const words = [[Math.min(partialAfterMs, speechMs + finalAfterMs), text]] as const;
      expect(play({ speechMs, words, finalAtMs: speechMs + finalAfterMs }).verdict).toBe('let-go');
    });
  });

  test.each([700, 950])('a fit of coughing of %d ms cuts nothing where the recogniser answers', (speechMs) => {
    expect(play({ speechMs, finalAtMs: speechMs + 900 }).verdict).toBe('let-go');
  });

  test('a long backchannel cuts nothing', () => {
    expect(
      play({
        speechMs: 1500,
        words: [
          [400, 'yeah'],
          [900, 'yeah yeah i see'],
        ],
        finalAtMs: 1900,
      }).verdict,
    ).toBe('let-go');
  });

  test('the voice goes on soon after a backchannel that was recognised while it was said', () => {
    const { at } = play({ speechMs: 400, words: [[380, 'mm-hmm']] });
    expect(at - 400).toBeLessThanOrEqual(knobs.resumeSilenceMs);
  });

  test('a knock too short to stop the voice does not wait for a transcript', () => {
    expect(play({ speechMs: 100 })).toMatchObject({ verdict: 'let-go', at: 400 });
  });

  test('the word with which a backchannel begins tells nothing until it is final', () => {
    expect(judge({ lastedMs: 600, text: 'i' })).toBe('hold');
    expect(judge({ lastedMs: 600, text: 'i see' })).toBe('hold');
    expect(judge({ lastedMs: 600, text: 'i want' })).toBe('take-floor');
    expect(judge({ lastedMs: 400, text: 'i', settled: true, speaking: false, silentMs: 100 })).toBe('take-floor');
  });

  test('speech without words is the noise of a room, where words would have come by then', () => {
    expect(judge({ lastedMs: knobs.wordlessFloorMs - 20, partials: true })).toBe('hold');
    expect(judge({ lastedMs: knobs.wordlessFloorMs, partials: true })).toBe('background');
    expect(judge({ lastedMs: knobs.wordlessFloorMs, partials: true, text: 'what about' })).toBe('take-floor');
  });

  test('a backchannel after which no new words come for a second is over, whoever goes on behind it', () => {
    const over = { lastedMs: 5000, partials: true, text: 'right' };
    expect(judge({ ...over, lastedMs: 1500, steadyMs: 980 })).toBe('hold');
    expect(judge({ ...over, steadyMs: 1000 })).toBe('background');
    expect(judge({ ...over, steadyMs: 1000, partials: false })).toBe('take-floor');
  });

  test("the agent's own voice come back neither holds nor cuts", () => {
    expect(judge({ lastedMs: 5000, text: 'so what i can do for you is', echo: true })).toBe('wait');
    expect(judge({ lastedMs: 5000, speaking: false, silentMs: 400, echo: true })).toBe('let-go');
  });
});

describe('for any overlap', () => {
  const texts = ['', 'um', 'mm-hmm', 'tuesday', 'what about', 'stop', '对', '等一下'];
  const rank: Record<InterruptionVerdict, number> = { wait: 0, hold: 1, 'let-go': 2, 'take-floor': 2, background: 2 };

  test('more speech never gives the voice back, and never waits for ever', () => {
    for (const text of texts) {
      const verdicts = Array.from({ length: 200 }, (_, i) => rank[judge({ lastedMs: i * 20, text })]);
      expect(verdicts).toEqual([...verdicts].sort());
      expect(judge({ lastedMs: 4000, text })).toBe('take-floor');
    }
  });

  test('more silence never un-ends it, and never waits for ever', () => {
    for (const text of texts) {
      for (const settled of [true, false]) {
        for (const echo of [true, false]) {
          for (const lastedMs of [0, 60, 119, 120, 400, 900, 3000]) {
            const verdicts = Array.from({ length: 100 }, (_, i) =>
              judge({ lastedMs, speaking: false, silentMs: i * 20, text, settled, echo }),
            );
            const ended = verdicts.findIndex((verdict) => rank[verdict] === 2);
            expect(ended).toBeGreaterThanOrEqual(0);
            expect(new Set(verdicts.slice(ended)).size).toBe(1);
          }
        }
      }
    }
  });
});
