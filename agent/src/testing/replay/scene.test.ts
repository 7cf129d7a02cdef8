import { describe, expect, test } from '@jest/globals';
import { parseScene } from './load-scene.ts';

const faultsOf = (text: string): string[] => {
  try {
    parseScene(text, 'x.yaml');
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};

describe("a scene's file", () => {
  test('needs no more than a title, a length and a script', () => {
    const scene = parseScene('title: A question\nlasts_ms: 4000\nscript:\n  - say: weatherlike\n', 'x.yaml');
    expect(scene.callers).toEqual({ ann: {} });
    expect(scene.asr).toEqual({ partial_ms: 150, final_ms: 150, rules: [] });
    expect(scene.expect).toEqual({ intact: true, errors: [], incidents: [] });
  });

  test('may anchor a step to what the agent does', () => {
    const text = 'title: T\nlasts_ms: 1\nscript:\n  - { after: reply 2 starts, wait_ms: 300, say: [goforward, 400] }\n';
    expect(parseScene(text, 'x.yaml').script[0]).toMatchObject({
      after: { kind: 'reply', number: 2, edge: 'starts' },
      wait_ms: 300,
      say: ['goforward', 400],
    });
  });

  test.each([
    ['title: T\nlasts_ms: soon\nscript: []\n', ['x.yaml:2: lasts_ms: Invalid input: expected number, received string']],
    ['title: [T\n', [expect.stringMatching(/^x\.yaml:\d: /)]],
    [
      'title: T\nlasts_ms: 1\nscript:\n  - after: later\n    say: goforward\n',
      ['x.yaml:4: script.0.after: must be "start", "reply <n> starts|ends", "request <n>" or "line <id> starts|ends"'],
    ],
    [
      'title: T\nlasts_ms: 1\nscript:\n  - say: goforward\n    leave: true\n',
      ['x.yaml:4: script.0: must do one of say, sound, type, join, leave, press; it does say and leave'],
    ],
    [
      'title: T\nlasts_ms: 1\nscript:\n  - say: { clip: goforward, too_ms: 3 }\n',
      ['x.yaml:4: script.0.say: Unrecognized key: "too_ms"'],
    ],
    [
      'title: T\nlasts_ms: 1\nscript:\n  - say: goforward\n    id: q\nexpect:\n  cut: [{ line: stop, within_ms: 300 }]\n',
      ['x.yaml:7: expect.cut.0.line: no line is called "stop": q'],
    ],
    [
      'title: T\nlasts_ms: 1\nscript:\n  - say: goforward\n    caller: bob\n',
      ['x.yaml:5: script.0.caller: no caller is called "bob": ann'],
    ],
  ])('that is wrong is refused with its name, line and key', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});
