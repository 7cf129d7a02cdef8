import { describe, expect, test } from '@jest/globals';
import { History } from './history.ts';

const says = (text: string) => [{ text }];

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
