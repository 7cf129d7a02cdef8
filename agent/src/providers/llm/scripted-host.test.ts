import { describe, expect, test } from '@jest/globals';
import type { ChatMessage } from '../../contracts/index.ts';
import { all, failureOf } from '../../testing/index.ts';
import { chinese } from './scripted/chinese.ts';
import { english } from './scripted/english.ts';
import { ScriptedHost } from './scripted-host.ts';

const never = new AbortController().signal;
const host = new ScriptedHost({ now: () => new Date('2026-07-01T13:05:00Z'), timeZone: 'Asia/Tokyo' });

/** The answer to the last of a conversation's turns: caller first, then host and caller by turns. */
async function answer(...turns: string[]): Promise<string> {
  const history = turns.map((content, i): ChatMessage => ({ role: i % 2 === 0 ? 'user' : 'assistant', content }));
  const system: ChatMessage = { role: 'system', content: 'You are a friendly voice assistant.' };
  return textOf([system, ...history]);
}

async function textOf(history: readonly ChatMessage[], language?: string): Promise<string> {
  const chunks = await all(host.reply(history, { signal: never, language }));
  return chunks.map((chunk) => (chunk.kind === 'text' ? chunk.delta : '')).join('');
}

describe('the scripted host says what it is', () => {
  test('when somebody greets it, asks who it is, or says what it cannot answer', async () => {
    expect(await answer('Hello!')).toMatch(/small script.*no language model is connected/);
    expect(await answer('Who are you?')).toMatch(/a small script, not a language model/);
    expect(await answer('Why is the sky blue?')).toMatch(/No language model is connected/);
    expect(await answer('你是谁？')).toMatch(/只是一个脚本，不是语言模型/);
  });

  test('and in none of its lines to be an AI', () => {
    for (const script of [english, chinese]) {
      const lines = JSON.stringify({ ...script, cues: {} });
      expect(lines).not.toMatch(
        /I am an? (?:AI|artificial|assistant|(?:large )?language model)|(?:^|[^不])是(?:AI|人工智能|语言模型)/i,
      );
    }
  });

  test('and how to connect a model', async () => {
    for (const question of [
      'How do I connect a real model?',
      'what about open a i',
      'Where does my API key go?',
      'Ollama?',
    ]) {
      expect(await answer(question)).toMatch(/OPENAI API KEY.*Ollama.*OPENAI BASE URL/);
    }
    expect(await answer('怎么连接大模型？')).toMatch(/OPENAI API KEY/);
  });
});

describe('it answers by heart', () => {
  test.each([
    ['What time is it?', "By this server's clock it is 10:05 PM."],
    ['tell me the time please', "By this server's clock it is 10:05 PM."],
    ['What is the date today?', "By this server's clock it is Wednesday, July 1, 2026."],
    ['what is twelve times seven', '12 times 7 is 84.'],
    ['what is ten divided by three', '10 divided by 3 is about 3.33.'],
    ['nine over zero', 'Nothing can be divided by zero.'],
    ['a million times a million times a million', 'That number is too big for me.'],
    ['Thank you very much', 'You are welcome.'],
    ['good bye then', 'Goodbye. It was good to hear you.'],
    ['count from three to five', 'Three, four, five. There you are.'],
    ['count down from three', 'Three, two, one. There you are.'],
    ['现在几点了？', '按这台服务器的时钟，现在是下午10点5分。'],
    ['今天几号？', '按这台服务器的时钟，今天是2026年7月1日星期三。'],
    ['三加五等于几', '3加5等于8。'],
    ['从三数到五', '三，四，五。数完了。'],
    ['谢谢你', '不客气。'],
  ])('%s', async (asked, said) => {
    expect(await answer(asked)).toMatch(said);
  });

  test('counts to twenty, ten to a sentence, and never beyond a hundred', async () => {
    expect(await answer('Count to twenty.')).toMatch(/^One, two, .*, ten\. Eleven, .*, twenty\. There you are\.$/);
    expect(await answer('count to nine thousand')).toMatch(/ninety-nine, one hundred\. There you are\.$/);
  });

  test('explains Parley, and what can be asked', async () => {
    expect(await answer('what is this')).toMatch(/^Parley is a media server/);
    expect(await answer('What can you do?')).toMatch(/^I can tell you the time/);
    expect(await answer("What's the weather like?")).toMatch(/^I cannot see the weather/);
  });

  test.each([
    'whats the whether like',
    'tell me a storey',
    'could you please well count two twenty',
    'good by',
    'hello hello',
  ])('although a recogniser wrote "%s"', async (misheard) => {
    expect(await answer(misheard)).not.toMatch(/^I heard/);
  });

  test.each(['I think this country is lovely', 'the mount of olives', 'he had a good time of day once'])(
    'but does not take "%s" for what it is not',
    async (said) => {
      expect(await answer(said)).toMatch(/^I heard/);
    },
  );
});

describe('what it does not know', () => {
  test('it repeats, says why once, and then gives a hint at a time', async () => {
    const first = await answer('go forward ten meters');
    expect(first).toMatch(
      /^I heard: go forward ten meters\. No language model is connected, so I cannot answer that\./,
    );
    const second = await answer('go forward ten meters', first, 'turn on the lamp');
    expect(second).toBe(`I heard: turn on the lamp. ${english.hints[0]}`);
    expect(await answer('a', first, 'b', second, 'and now')).toBe(`I heard: and now. ${english.hints[1]}`);
  });

  test('in the language of the question', async () => {
    expect(await answer('请把灯打开。')).toMatch(/^我听到的是：请把灯打开。现在没有连接语言模型/);
    expect(await textOf([{ role: 'user', content: '42' }], 'zh-CN')).toMatch(/^我听到的是：42/);
  });

  test('and asks again where there were no words', async () => {
    expect(await answer('')).toBe(english.nothingHeard);
    expect(await answer('...')).toBe(english.nothingHeard);
  });

  test('and opens the conversation where nobody has spoken', async () => {
    expect(await textOf([{ role: 'system', content: 'Be kind.' }])).toBe(english.opening);
  });
});

describe('a story', () => {
  test('is long enough to interrupt, and invites it', async () => {
    const story = await answer('Tell me a story.');
    expect(story).toMatch(/Interrupt me whenever you like/);
    expect(story.split(' ').length).toBeGreaterThan(150);
    expect((await answer('讲个故事吧')).length).toBeGreaterThan(250);
  });

  test('goes on from the sentence in which it was cut', async () => {
    const cut =
      'Here is a story. On a rock at the edge of the sea stood a lighthouse that had lost its voice. Its lamp still turned every';
    expect(await answer('a story', cut, 'go on')).toMatch(/^Where was I\? Its lamp still turned every night/);
  });

  test('goes on after what came between', async () => {
    const cut = 'In clear weather that did not matter.';
    expect(await answer('a story', cut, 'what time is it', 'It is noon.', 'please continue')).toMatch(
      /^Where was I\? In fog,/,
    );
  });

  test('is over at its end', async () => {
    expect(await answer('a story', english.story.join(' '), 'go on')).toBe(english.storyOver);
  });

  test('goes on in Chinese', async () => {
    const cut = chinese.story.slice(0, 2).join('') + chinese.story[2]?.slice(0, 5);
    expect(await answer('讲故事', cut, '继续')).toBe(chinese.storyAgain + chinese.story.slice(2).join(''));
  });

  test('that was never begun cannot go on', async () => {
    expect(await answer('go on')).toMatch(/^I heard: go on/);
  });
});

describe('its stream', () => {
  test('comes word by word', async () => {
    const chunks = await all(host.reply([{ role: 'user', content: 'thanks' }], { signal: never }));
    expect(chunks).toEqual([
      { kind: 'text', delta: 'You ' },
      { kind: 'text', delta: 'are ' },
      { kind: 'text', delta: 'welcome.' },
    ]);
  });

  test('stops with the reason', async () => {
    const stop = new AbortController();
    let words = 0;
    const failure = await failureOf(
      (async () => {
        for await (const _ of host.reply([{ role: 'user', content: 'a story' }], { signal: stop.signal })) {
          if (++words === 3) stop.abort(new Error('barge-in'));
        }
      })(),
    );
    expect(failure).toEqual(new Error('barge-in'));
    expect(words).toBe(3);
  });

  test('says again what it said last', async () => {
    expect(await answer('thanks', 'You are welcome.', 'could you repeat that')).toBe('You are welcome.');
  });
});

test('the name that stands before a caller’s words is none of them', async () => {
  const asked = { role: 'user', name: 'Ann', content: 'Ann: thanks' } as const;
  const [first] = await all(host.reply([asked], { signal: never }));
  expect(first).toEqual({ kind: 'text', delta: 'You ' });
});

test('it refuses to sum up, rather than answer', async () => {
  const request = all(host.reply([{ role: 'user', content: 'thanks' }], { signal: never, forSummary: true }));
  expect(await failureOf(request)).toMatchObject({ reason: 'unsupported' });
});
