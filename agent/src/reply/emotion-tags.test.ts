import { describe, expect, test } from '@jest/globals';
import { EMOTIONS } from '../contracts/index.ts';
import { EmotionTags, emotionInstructions, type Toned } from './emotion-tags.ts';

function read(...deltas: string[]): Toned[] {
  const tags = new EmotionTags();
  return [...deltas.flatMap((delta) => tags.push(delta)), ...tags.flush()];
}

/** `happy: Hello. sad: Bye.`; what has no emotion stands as it is. */
const shown = (runs: readonly Toned[]): string =>
  runs
    .reduce<Toned[]>((merged, run) => {
      const last = merged.at(-1);
      if (last?.emotion === run.emotion && last) merged[merged.length - 1] = { ...run, text: last.text + run.text };
      else merged.push(run);
      return merged;
    }, [])
    .map(({ text, emotion }) => (emotion ? `${emotion}: ${text}` : text))
    .join('|');

describe('a tag', () => {
  test('holds until the next one, and is not heard', () => {
    expect(shown(read('[happy] Hello. How are you? [sad] Oh no. [neutral] Well.'))).toBe(
      'happy: Hello. How are you? |sad: Oh no. |neutral: Well.',
    );
  });

  test.each([
    '[happy] Hi.',
    '[Happy] Hi.',
    '[ happy ]Hi.',
    '[happily] Hi.',
    '[very happy] Hi.',
    '[happy tone] Hi.',
    '[emotion: happy] Hi.',
    '<happy> Hi.',
    '<emotion:happy>Hi.',
    '【happy】Hi.',
    '【开心】Hi.',
    '[情绪：高兴] Hi.',
  ])('is read as it is written: %s', (text) => {
    expect(shown(read(text))).toBe('happy: Hi.');
  });

  test('may come in pieces of any size', () => {
    const text = 'Good. [whisper] Come closer. <emotion:excited> Look! [1] [laughs] It is [on](http://x.y).';
    const whole = shown(read(text));
    expect(whole).toBe('Good. |whisper: Come closer. |excited: Look! [1] It is [on](http://x.y).');
    for (let size = 1; size < text.length; size++) {
      expect(shown(read(...(text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [])))).toBe(whole);
    }
  });

  test('that is closed gives the tone back to the settings', () => {
    expect(shown(read('<sad>Oh.</sad> Well. [angry] No! [/emotion] Yes.'))).toBe('sad: Oh.| Well. |angry: No! |Yes.');
  });

  test('leaves one space where it stood between two, and none at the head', () => {
    expect(shown(read('One.[sad] Two. [sad]Three. [sad] Four.'))).toBe('One.|sad:  Two. Three. Four.');
  });
});

describe('a stage direction', () => {
  test.each([
    ['[laughs] That is funny.', 'That is funny.'],
    ['Well [sighs softly] if you say so.', 'Well if you say so.'],
    ['<laugh> Right.', 'Right.'],
    ['哈哈[大笑]真好。', '哈哈真好。'],
    ['[curious] What is it?', 'What is it?'],
    ['Yes. [slowly, firmly] No.', 'Yes. No.'],
    ['[emotion: puzzled] Hm?', 'Hm?'],
  ])('is not spoken: %s', (text, spoken) => {
    expect(shown(read(text))).toBe(spoken);
  });
});

describe('other brackets are text', () => {
  test.each([
    'See [1] and [2].',
    'Press [Enter] now.',
    '[Enter] is the key.',
    'Set [timeout] to five.',
    '[here](https://example.com) it is.',
    '[happy](https://example.com) is a link.',
    'If a < b and b > c.',
    'I <3 you.',
    'An array like [a, b, [c]].',
    '【注意】请小心。',
    '[Dear Sir or Madam] it says.',
    'It ends in [happ',
    '[',
  ])('%s', (text) => {
    expect(shown(read(text))).toBe(text);
  });

  test('and are given at once where they cannot become a tag', () => {
    const tags = new EmotionTags();
    expect(shown(tags.push('a [1'))).toBe('a [1');
    expect(shown(tags.push('] b <'))).toBe('] b ');
    expect(shown(tags.push('3'))).toBe('<3');
    expect(shown(tags.push(' [this bracket is never closed and would go on'))).toContain('never closed');
  });
});

test('the model is told of the tags that the voice knows, and of none where it knows none', () => {
  expect(emotionInstructions(EMOTIONS)).toContain('[happy]');
  expect(emotionInstructions(['calm'])).not.toContain('[happy]');
  expect(emotionInstructions()).toBe('');
});
