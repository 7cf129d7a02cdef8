import { describe, expect, test } from '@jest/globals';
import { ClauseCutter, speakable } from './clauses.ts';

/** The clauses of a text that arrives character by character. */
function cut(text: string): string[] {
  const cutter = new ClauseCutter();
  return [...[...text].flatMap((char) => cutter.push(char)), ...cutter.flush()];
}

describe('cutting a growing text', () => {
  test('the first clause is spoken as soon as it is long enough', () => {
    expect(cut('Sure, I can help you with that, if you like. What is it?')).toEqual([
      'Sure, I can help you with that,',
      ' if you like.',
      ' What is it?',
    ]);
  });

  test('later text is cut by sentences', () => {
    expect(cut('Yes. One, two, three, four, five, six. Good!')).toEqual([
      'Yes.',
      ' One, two, three, four, five, six.',
      ' Good!',
    ]);
  });

  test('numbers, times and abbreviations stay whole', () => {
    expect(cut('It is 3.14 or 1,000 for Dr. Who at 5 p.m. today. Fine')).toEqual([
      'It is 3.14 or 1,000 for Dr. Who at 5 p.m. today.',
      ' Fine',
    ]);
  });

  test('closing quotes belong to their sentence', () => {
    expect(cut('"Stop!" he said. Then he left.')).toEqual(['"Stop!"', ' he said.', ' Then he left.']);
  });

  test('Chinese is cut at its own marks, without waiting for a space', () => {
    const cutter = new ClauseCutter();
    expect(cutter.push('你好，我是语音助手，')).toEqual(['你好，我是语音助手，']);
    expect(cutter.push('很高兴认识你。')).toEqual(['很高兴认识你。']);
  });

  test('an endless sentence is broken at a comma', () => {
    const clauses = cut(`Well. ${'and so on it goes, '.repeat(30)}`);
    expect(Math.max(...clauses.map((clause) => clause.length))).toBeLessThan(260);
  });

  test('nothing is lost, whatever the text', () => {
    const text = 'A... b?! (c) "d." e.g. f\n\n- g: 1.5, 2; 你好。h';
    expect(cut(text).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
  });
});

test('what is said has no Markdown, addresses or emoji', () => {
  expect(speakable('## **Hello** _you_ 🎉\n- see [the docs](https://example.org)')).toBe('Hello you see the docs');
});
