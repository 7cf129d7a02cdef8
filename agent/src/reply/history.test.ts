import { describe, expect, test } from '@jest/globals';
import type { ChatMessage } from '../contracts/index.ts';
import { History } from './history.ts';
import { cost } from './tokens.ts';
import { NO_RESULT } from './tool-rounds.ts';

const says = (text: string) => [{ text }];
const call = (id: string, args = '{}') => ({ id, name: 'weather', args });
const calls = (...ids: string[]): ChatMessage => ({
  role: 'assistant',
  content: '',
  toolCalls: ids.map((id) => call(id)),
});
const result = (toolCallId: string, content: string): ChatMessage => ({ role: 'tool', toolCallId, content });
const talk = (budgetTokens = 1000): History => new History({ instructions: 'Be brief.', budgetTokens });

describe('history', () => {
  test('is the instructions and the turns in order', () => {
    const history = new History({ instructions: 'Be brief.', budgetTokens: 1000 });
    history.setUser(1, says('Hello'));
    history.setAssistant(1, ' Hi there.');
    history.setUser(2, says('How are you?'));
    expect(history.messages()).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi there.' },
      { role: 'user', content: 'How are you?' },
    ]);
  });

  test('a turn that goes on, or whose words come late, is one turn', () => {
    const history = new History({ instructions: '', budgetTokens: 1000 });
    history.setUser(1, says('Turn on'));
    history.setUser(1, says('Turn on the lamp'));
    expect(history.messages().slice(1)).toEqual([{ role: 'user', content: 'Turn on the lamp' }]);
  });

  test('an answer of which nothing was heard leaves no trace', () => {
    const history = new History({ instructions: '', budgetTokens: 1000 });
    history.setUser(1, says('Hello'));
    history.setAssistant(1, '');
    expect(history.messages().slice(1)).toEqual([{ role: 'user', content: 'Hello' }]);
  });

  test('drops whole turns, oldest first, to stay within the budget', () => {
    const history = new History({ instructions: 'Be brief.', budgetTokens: 60 });
    for (let turn = 1; turn <= 20; turn++) {
      history.setUser(turn, says(`This is what was said in turn ${turn}`));
      history.setAssistant(turn, 'And this was the answer');
    }
    const contents = history.messages().map((message) => message.content);
    expect(contents[0]).toBe('Be brief.');
    expect(contents[1]).toMatch(/^This is what was said in turn (18|19|20)$/);
    expect(contents.at(-2)).toBe('This is what was said in turn 20');
  });

  test('keeps the latest turn even when it alone is over the budget', () => {
    const history = new History({ instructions: '', budgetTokens: 5 });
    history.setUser(1, says('word '.repeat(100)));
    expect(history.messages()).toHaveLength(2);
  });
});

describe('tools in the history', () => {
  test('stand between the words and the answer', () => {
    const history = talk();
    history.setUser(1, says('Will it rain?'));
    history.setTools(1, [calls('a'), result('a', 'rain at 5')]);
    history.setAssistant(1, 'Yes, at five.');
    expect(history.messages().slice(1)).toEqual([
      { role: 'user', content: 'Will it rain?' },
      calls('a'),
      result('a', 'rain at 5'),
      { role: 'assistant', content: 'Yes, at five.' },
    ]);
  });

  test('a call that was cut off is answered all the same, until its result comes', () => {
    const history = talk();
    history.setUser(1, says('Will it rain?'));
    history.setTools(1, [calls('a', 'b'), result('b', 'no')]);
    history.setUser(2, says('Wait'));
    expect(history.messages().slice(2)).toEqual([
      calls('a', 'b'),
      result('a', NO_RESULT),
      result('b', 'no'),
      { role: 'user', content: 'Wait' },
    ]);
    history.addToolResult(1, 'a', 'rain at 5');
    history.addToolResult(1, 'a', 'a second answer');
    history.addToolResult(1, 'c', 'an answer to nothing');
    history.addToolResult(9, 'a', 'an answer to no turn');
    expect(history.messages().slice(2)).toEqual([
      calls('a', 'b'),
      result('a', 'rain at 5'),
      result('b', 'no'),
      { role: 'user', content: 'Wait' },
    ]);
  });

  test('rounds that grow are the same rounds, and what is known of them stays', () => {
    const history = talk();
    const rounds = [calls('a')];
    history.setTools(1, rounds);
    history.addToolResult(1, 'a', 'rain at 5');
    rounds.push(calls('b'));
    history.setTools(1, rounds);
    rounds.push(result('b', 'no'));
    expect(history.messages().slice(1)).toEqual([
      calls('a'),
      result('a', 'rain at 5'),
      calls('b'),
      result('b', NO_RESULT),
    ]);
  });

  test('what an answer that was taken back has done is not forgotten by the next one to the same turn', () => {
    const history = talk();
    history.setUser(1, says('Book a table'));
    history.setTools(1, [calls('a'), result('a', 'booked')]);
    history.setUser(1, says('Book a table and a taxi'));
    history.setTools(1, [calls('b'), result('b', 'ordered')]);
    expect(history.messages().slice(2)).toEqual([
      calls('a'),
      result('a', 'booked'),
      calls('b'),
      result('b', 'ordered'),
    ]);
  });

  test('ids that come again, as some servers count them from 0, belong to the latest call without a result', () => {
    const history = talk();
    const first = { role: 'assistant', content: '', toolCalls: [call('call-0', '{"day":1}')] } as const;
    const second = { role: 'assistant', content: '', toolCalls: [call('call-0', '{"day":2}')] } as const;
    history.setTools(1, [first, result('call-0', 'rain'), second]);
    history.addToolResult(1, 'call-0', 'sun');
    expect(history.messages().slice(1)).toEqual([first, result('call-0', 'rain'), second, result('call-0', 'sun')]);
  });

  test('long results and arguments are cut to the budget, short ones stay', () => {
    const history = talk(500);
    history.setUser(1, says('Will it rain?'));
    const long = {
      role: 'assistant',
      content: '',
      toolCalls: [call('c', `{"text":"${'word '.repeat(2000)}"}`)],
    } as const;
    history.setTools(1, [calls('a', 'b'), result('a', 'rain '.repeat(3000)), result('b', 'no'), long]);
    expect(estimate(history.messages())).toBeLessThan(500);
    const [cut, short] = history.messages().filter(({ role }) => role === 'tool');
    expect(cut?.content).toMatch(/^(rain )+rain \[cut\]$/);
    expect(short?.content).toBe('no');
    for (const message of history.messages()) {
      if (message.role === 'assistant') for (const { args } of message.toolCalls ?? []) JSON.parse(args);
    }
  });
});

describe('speakers', () => {
  test('a single one is not named to the model', () => {
    const history = talk();
    history.setUser(1, [{ text: 'Hello', name: 'Ann' }]);
    expect(history.messages()).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', name: 'Ann', content: 'Hello' },
    ]);
  });

  test('several are, from the first word on, also when one has left', () => {
    const history = talk();
    history.setUser(1, [{ text: 'Hello', name: 'Ann' }]);
    history.setUser(2, [{ text: 'Hi', name: 'Bob\n: x' }, { text: 'Is it on?' }]);
    history.setAssistant(2, 'It is.');
    const [system, ...rest] = history.messages();
    expect(system?.content).toMatch(/^Be brief\.\n\nSeveral people take part/);
    expect(rest).toEqual([
      { role: 'user', name: 'Ann', content: 'Ann: Hello' },
      { role: 'user', name: 'Bob x', content: 'Bob x: Hi' },
      { role: 'user', content: 'Is it on?' },
      { role: 'assistant', content: 'It is.' },
    ]);
  });

  test('who said nothing does not count', () => {
    const history = talk();
    history.setUser(1, [
      { text: 'Hello', name: 'Ann' },
      { text: '', name: 'Bob' },
    ]);
    expect(history.messages().at(-1)?.content).toBe('Hello');
  });
});

describe('summing up', () => {
  const fill = (history: History, from: number, to: number): void => {
    for (let turn = from; turn <= to; turn++) {
      history.setUser(turn, says(`This is what was said in turn ${turn}`));
      history.setAssistant(turn, 'And this was the answer to it');
    }
  };

  test('is due when three quarters are full, and for so much that it is not due again soon', () => {
    const history = talk();
    let due: number | undefined;
    let turn = 0;
    while (due === undefined && turn < 200) {
      fill(history, ++turn, turn);
      due = history.overdue()?.at(-1)?.turn;
    }
    expect(estimate(history.messages())).toBeGreaterThan(700);
    expect(estimate(history.messages())).toBeLessThan(800);
    history.summarised(due as number, 'They counted turns.');
    expect(estimate(history.messages())).toBeLessThan(400);
    expect(history.messages()[0]?.content).toMatch(/^Be brief\.\n\nWhat was said before.*: They counted turns\.$/);
    const before = turn;
    while (!history.overdue() && turn < 200) fill(history, ++turn, turn);
    expect(turn - before).toBeGreaterThan(10);
  });

  test('leaves the latest two turns alone, however long they are', () => {
    const history = talk(300);
    history.setUser(1, says('short'));
    history.setUser(2, says('word '.repeat(100)));
    history.setUser(3, says('word '.repeat(140)));
    expect(history.overdue()?.map(({ turn }) => turn)).toEqual([1]);
  });

  test('loses nothing while it is under way; then what is over the budget goes, turn by turn', () => {
    const history = talk(300);
    fill(history, 1, 20);
    history.hold(history.overdue()?.at(-1)?.turn as number);
    expect(history.overdue()).toBeUndefined();
    expect(estimate(history.messages())).toBeLessThanOrEqual(300);
    history.release();
    expect(history.overdue()?.[0]?.turn).toBe(1);
    history.messages();
    expect(history.overdue()?.[0]?.turn).toBeGreaterThan(5);
  });

  test('late words and results for what is summed up change nothing', () => {
    const history = talk(300);
    fill(history, 1, 20);
    history.summarised(18, 'They counted turns.');
    const before = history.messages();
    history.setUser(3, says('late words'));
    history.setAssistant(3, 'late answer');
    history.setTools(3, [calls('a')]);
    history.addToolResult(3, 'a', 'late result');
    expect(history.messages()).toEqual(before);
    expect(before).toHaveLength(5);
  });

  test('a summary that is too long is cut', () => {
    const history = talk(300);
    fill(history, 1, 3);
    history.summarised(1, 'word '.repeat(1000));
    expect(cost(history.summary)).toBeLessThan(70);
  });

  test('is never due where there is no room for a summary', () => {
    const history = new History({ instructions: 'word '.repeat(250), budgetTokens: 300 });
    fill(history, 1, 20);
    expect(history.overdue()).toBeUndefined();
  });
});

const estimate = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + cost(content), 0);
