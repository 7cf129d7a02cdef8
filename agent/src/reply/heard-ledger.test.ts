import { describe, expect, test } from '@jest/globals';
import { HeardLedger } from './heard-ledger.ts';

function ledger(...pieces: { text: string; ms: number; words?: [string, number][] }[]): HeardLedger {
  const made = new HeardLedger();
  for (const { text, ms, words } of pieces) {
    made.open(text);
    for (const [word, at] of words ?? []) made.addWord(word, at);
    made.addAudio(ms);
    made.close();
  }
  return made;
}

describe('what was heard', () => {
  const two = ledger({ text: 'One two three four.', ms: 1000 }, { text: ' Five six.', ms: 500 });

  test('is nothing at the start and everything at the end', () => {
    expect(two.heard(0)).toBe('');
    expect(two.heard(-40)).toBe('');
    expect(two.heard(1500)).toBe('One two three four. Five six.');
    expect(two.heard(99_999)).toBe('One two three four. Five six.');
  });

  test('is whole words, by proportion', () => {
    expect(two.heard(100)).toBe('');
    expect(two.heard(450)).toBe('One two');
    expect(two.heard(999)).toBe('One two three four');
    expect(two.heard(1000)).toBe('One two three four.');
    expect(two.heard(1300)).toBe('One two three four. Five');
  });

  test('follows the word times that the TTS gives', () => {
    const timed = ledger({
      text: 'Slow, then quick words.',
      ms: 1000,
      words: [
        ['Slow', 0],
        ['then', 700],
        ['quick', 800],
        ['words', 900],
      ],
    });
    expect(timed.heard(600)).toBe('');
    expect(timed.heard(750)).toBe('Slow');
    expect(timed.heard(950)).toBe('Slow, then quick');
    expect(timed.heard(1000)).toBe('Slow, then quick words.');
  });

  test('never grows shorter as time goes on, nor shows a piece whose audio is still being made as whole', () => {
    const growing = new HeardLedger();
    growing.open('This sentence is still being synthesised.');
    growing.addAudio(400);
    expect(growing.heard(400).length).toBeLessThan(20);
    let last = '';
    for (let ms = 0; ms < 1600; ms += 10) {
      const now = two.heard(ms);
      expect(now.startsWith(last)).toBe(true);
      last = now;
    }
  });

  test('leaves out what was said beside the answer, and captions show it where it was said', () => {
    const bridged = new HeardLedger();
    bridged.aside('One moment.', 800);
    bridged.open('One two.');
    bridged.addAudio(300);
    bridged.aside('Still here.', 500);
    bridged.addAudio(200);
    bridged.close();
    expect(bridged.totalMs).toBe(1800);
    expect([0, 400, 800, 1100, 1600, 1800].map((ms) => bridged.heard(ms))).toEqual([
      '',
      '',
      '',
      'One',
      'One',
      'One two.',
    ]);
    expect([0, 400, 1100, 1200, 1800].map((ms) => bridged.shown(ms))).toEqual([
      '',
      'One moment.',
      'One moment. One',
      'One moment. One Still here.',
      'One moment. One Still here. two.',
    ]);
  });

  test('knows words where nothing separates them', () => {
    expect(ledger({ text: '今天天气很好。', ms: 1000 }).heard(500)).toMatch(/^今天/);
  });
});
