import { describe, expect, test } from '@jest/globals';
import { HeardVoice, type ReplyEnd, runsIn } from './heard-voice.ts';
import { notAsLong } from './lasted.ts';

const FULL = 4000;
const end = (reply: number, at: number, text = '', interrupted = false): ReplyEnd => ({ at, reply, text, interrupted });

/** Packets of a voice from `from` to `to`, which come 2 ms after they were sent. */
function voice(heard: HeardVoice, from: number, to: number, level = FULL): void {
  for (let at = from; at < to; at += 20) heard.receive({ at: at + 2, mediaAt: at + 70_000, level });
}

describe('what a caller hears of the agent', () => {
  test('is told apart by the ends of the replies, also where these come before the last packet', () => {
    const heard = new HeardVoice(FULL);
    voice(heard, 1000, 2000);
    heard.ended(end(1, 1981));
    voice(heard, 3000, 3500);
    expect(heard.speeches).toMatchObject([
      { startedAt: 1002, lastAt: 2002, endedAt: 2002, reply: 1, cut: false },
      { startedAt: 3002, lastAt: 3502 },
    ]);
    expect(heard.speeches[1]).not.toHaveProperty('endedAt');
  });

  test('belongs to the next reply when it begins right after the end of one that was never heard', () => {
    const heard = new HeardVoice(FULL);
    heard.ended(end(3, 1000, '', true));
    voice(heard, 1005, 1500);
    heard.ended(end(4, 1490));
    expect(heard.speeches.map(({ reply }) => reply)).toEqual([4]);
  });

  test('is one speech with a hold in it, softer before it', () => {
    const heard = new HeardVoice(FULL);
    voice(heard, 1000, 1100);
    voice(heard, 1100, 1140, FULL / 4);
    voice(heard, 1300, 1400);
    heard.ended(end(1, 1381));
    expect(heard.speeches.map(runsIn)).toEqual([2]);
    const held = heard.frames(1400).filter((frame) => frame.held);
    expect(held.map(({ at }) => at)).toEqual([1142, 1162, 1182, 1202, 1222, 1242, 1262, 1282]);
    expect(heard.frames(1400).filter(({ gain }) => gain > 0 && gain < 1)).toHaveLength(2);
  });

  test('ends where the voice does, and not where its silence does', () => {
    const heard = new HeardVoice();
    voice(heard, 1000, 1400, 50);
    expect(heard.speeches).toMatchObject([{ startedAt: 1002, lastAt: 1302 }]);
  });

  test('must last as long as the voice made it', () => {
    const heard = new HeardVoice(FULL);
    const pieces = [
      { text: 'Hello there.', ms: 600, words: [] },
      { text: 'How are you?', ms: 400, words: [] },
    ];
    voice(heard, 1000, 2000);
    heard.ended(end(1, 1981, 'Hello there. How are you?'));
    voice(heard, 3000, 3500);
    heard.ended(end(2, 3481, 'Hello there.'));
    expect(notAsLong(heard.speeches, pieces)).toEqual(['intact: speech 2 was heard for 500 ms and lasts 600']);
  });
});
