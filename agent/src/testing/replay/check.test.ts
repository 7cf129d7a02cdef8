import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../../codec/index.ts';
import { check, EXACT, JudgedGates, parseScene, type ReplayParts, replay, type Seen, story } from './index.ts';

const SCENE = `
title: A question, and a word over the answer
lasts_ms: 8000
llm: { answers: [{ when: weather, say: It is sunny all day and it stays warm. }, { when: stop, say: Fine. }] }
script:
  - { at: 500, say: weatherlike, id: question }
  - { after: reply 1 starts, wait_ms: 900, say: stop, id: over }
  - { after: reply 9 ends, say: "no", id: never }
`;

describe('a replay', () => {
  let parts: ReplayParts;
  beforeAll(async () => {
    parts = { library: await OpusLibrary.load(), gates: await JudgedGates.load() };
  });
  afterAll(() => parts.gates.close());

  const faultsOf = async (expectations: string): Promise<string[]> => {
    const scene = parseScene(`${SCENE}expect: ${expectations}\n`, 'x.yaml');
    return check(scene, await replay(scene, parts));
  };

  test('says what did not come as expected, and what came instead', async () => {
    const faults = await faultsOf(`{
      turns: [what's the weather like], no_cut: true, requests: 1, errors: [asr], incidents: [silence llm],
      answered: [{ line: question, within_ms: 100 }], cut: [{ line: over, within_ms: 10 }],
      ducked: [{ line: question, within_ms: 100 }], resumed: [{ line: over, within_ms: 100 }], untouched: [over],
      silent: [{ from: reply 1 starts, for_ms: 500 }], voice: [{ from: reply 7 ends, within_ms: 50 }],
      events: [{ type: ended }], never: [{ type: speculation, outcome: adopted }], state: thinking }`);
    const said = faults.map((fault) => fault.slice(0, fault.indexOf(':')));
    expect(said).toEqual([
      'line "never" was never said',
      'turns',
      'requests',
      'no_cut',
      'state',
      'errors',
      'incidents',
      'events',
      'never',
      'answered',
      'cut',
      'ducked',
      'resumed',
      'untouched',
      'silent',
      'voice',
    ]);
    expect(faults[1]).toBe(`turns: ["what's the weather like"] expected, seen ["what's the weather like","stop"]`);
    expect(faults.find((fault) => fault.startsWith('cut'))).toMatch(
      /^cut: the voice went on for \d+ ms of line "over"; 10/,
    );
  });

  test('comes out the same every time', async () => {
    const scene = parseScene(SCENE, 'x.yaml');
    expect(story(await replay(scene, parts))).toBe(story(await replay(scene, parts)));
  });
});

describe('a driver in real time', () => {
  const spoken = { startedAt: 1000, lastAt: 3000, endedAt: 3000, cut: false, reply: 1 };
  const frame = (at: number, gain: number) => ({ at, spoken, gain, held: false });
  const seen: Seen = {
    events: [{ at: 900, event: { type: 'speculation', outcome: 'dropped', tokens: 9 } }],
    lines: new Map([['tap', { from: 1500, to: 1600 }]]),
    requests: ['what', 'what now'].map((user) => ({ at: 800, user, messages: [] })),
    spoken: [spoken],
    frames: [frame(1500, 1), frame(1520, 0.25), frame(1540, 0.25), frame(1560, 1)],
    broken: [],
  };
  const faults = (tolerance: Partial<typeof EXACT>): string[] => {
    const expectations = 'untouched: [tap], requests: [what now], voice: [{ from: start, within_ms: 1400 }]';
    const text = `title: T\nlasts_ms: 1\nscript: [{ sound: clicks, id: tap }]\nexpect: { ${expectations} }\n`;
    return check(parseScene(text, 'x.yaml'), seen, { ...EXACT, ...tolerance }).map(
      (fault) => fault.split(':')[0] ?? '',
    );
  };

  test('may be late, suspicious and hasty by as much as it says', () => {
    expect(faults({})).toEqual(['requests', 'untouched', 'voice']);
    expect(faults({ lateMs: 100 })).toEqual(['requests', 'untouched']);
    expect(faults({ lateMs: 100, softMs: 40 })).toEqual(['requests']);
    expect(faults({ lateMs: 100, softMs: 20, droppedGuesses: true })).toEqual(['untouched']);
  });
});
