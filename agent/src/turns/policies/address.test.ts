import { describe, expect, test } from '@jest/globals';
import { isAddressed } from './address.ts';

const NAMES = ['Parley', 'assistant', '助手', '小派'];
const lines = (text: string): string[] => text.trim().split(/\s*\n\s*/);
const addressed = (text: string): boolean => isAddressed({ text, names: NAMES });

/** As recognisers give it: no case, no marks. */
const CALLED = lines(`
  parley
  parley what time is it
  hey parley what's the weather like
  hi parley
  ok parley
  okay parley turn on the lamp
  so parley what would you do
  um parley can you repeat that
  well parley is it going to rain
  parley is there a train to boston
  parley could you explain that again
  parley will you be quiet please
  parley would it help to restart it
  no parley stop
  what do you think parley
  what time is it parley
  turn on the lamp parley
  turn on the lamp parley please
  can you hear me parley
  that was wrong parley
  thank you parley
  thanks parley that's all
  i'm sorry parley go on
  good morning parley
  so anyway hey parley what was that place called
  assistant what is ten times ten
  hey assistant
  is that right assistant
  parley tell us a joke
  stop parley
  parley i have a question
  what do you want parley
  what do you mean parley
  where are you from parley
  turn the lamp on parley
  go on parley`);

const ASKED_FOR = lines(`
  ask parley
  let's ask parley
  we could ask parley about it
  why don't we ask parley
  you should ask parley how far it is
  what does parley think
  what would parley say to that
  does parley know the answer
  can parley help us
  can't parley do it
  how would parley do it
  maybe parley knows
  tell parley to stop
  let parley answer
  i wonder what parley thinks
  question for parley`);

const TALKED_ABOUT = lines(`
  i told parley yesterday
  i told parley
  parley said it was raining
  parley is great
  parley was wrong yesterday
  parley told me about it
  parley and i had a long talk
  parley can do that
  parley doesn't understand chinese
  parley never listens
  parley knows that already
  i talked to parley last week
  yesterday i asked parley about the train
  did you ask parley
  don't ask parley
  when i ask parley it works
  i was using parley for that
  we built it with parley
  this is parley
  it's called parley
  i like parley
  have you heard about parley
  did parley say that yesterday
  my assistant will call you
  she is a research assistant at the university
  he works as an assistant
  bob and parley
  the parley between the two kings took days
  okay parley is great`);

const CHINESE_CALLED = lines(`
  助手
  助手现在几点
  嘿助手今天天气怎么样
  你好小派
  小派你能听到吗
  小派帮我查一下
  那小派你觉得呢
  好的小派
  谢谢助手
  今天会下雨吗小派
  你怎么看助手
  把灯打开小派
  小派说一下今天的新闻
  小派是不是要下雨了
  小派会不会下雨
  小派不要说了
  小派告诉我几点了
  小派昨天天气怎么样
  小派也来说说
  問問小派
  我们问问助手吧
  听听助手怎么说
  不知道小派怎么看
  要不要问一下小派
  让助手来回答
  请小派来回答
  嘿 Parley 今天天气怎么样
  Parley 帮我打开灯`);

const CHINESE_TALKED_ABOUT = lines(`
  我昨天告诉助手了
  我跟小派说过了
  小派说今天会下雨
  小派昨天说错了
  小派是一个程序
  助手的声音很好听
  小派和我聊了很久
  我刚才问了小派
  我喜欢小派
  他是我的助手
  不要问小派
  小派很聪明
  我在用 Parley
  我昨天问了助手一个问题
  这个叫小派`);

describe('called by name', () => {
  test('the table is large enough to mean something', () => {
    expect(CALLED.length + ASKED_FOR.length + TALKED_ABOUT.length).toBeGreaterThanOrEqual(60);
    expect(CHINESE_CALLED.length + CHINESE_TALKED_ABOUT.length).toBeGreaterThanOrEqual(40);
  });

  test.each([...CALLED, ...CHINESE_CALLED])('"%s" calls the agent', (text) => {
    expect(addressed(text)).toBe(true);
  });

  test.each(ASKED_FOR)('"%s" asks for it', (text) => {
    expect(addressed(text)).toBe(true);
  });

  test.each([...TALKED_ABOUT, ...CHINESE_TALKED_ABOUT])('"%s" is about it, if at all', (text) => {
    expect(addressed(text)).toBe(false);
  });

  test.each(['what time is it', 'hey bob', 'i think so', '', '[NOISE]', '你好', '现在几点'])(
    '"%s" names nobody',
    (text) => {
      expect(addressed(text)).toBe(false);
    },
  );
});

describe('marks', () => {
  test.each([
    ['I went there last week. Parley, what was it called?', true],
    ['What was it called, Parley?', true],
    ["It's raining, Parley, isn't it?", true],
    ['PARLEY!', true],
    ['小派，今天几号？', true],
    ['I told Parley. He said no.', false],
    ['Yes, Parley is great.', false],
  ])('where they are written they help: "%s"', (text, expected) => {
    expect(addressed(text)).toBe(expected);
  });
});

describe('a misheard name', () => {
  // One letter off, and a first sound that is confused with the right one. People's names that rhyme are not.
  test.each([
    'hey parly what time is it',
    'hey parlay',
    'hey barley',
    'parlay what time is it',
    'barley can you hear me',
    'okay parsley play some jazz',
    'what do you think parlay',
    'hey par lay what time is it',
    'par lee can you hear me',
    'what time is it par ley',
    'hey assistance what is that',
  ])('is taken for the name where it is called: "%s"', (text) => {
    expect(addressed(text)).toBe(true);
  });

  test.each([
    'barley soup is on the stove',
    'i had soup with barley',
    'i would rather have parsley',
    'harley what time is it',
    'hey charlie',
    'hey marley',
    'let us ask barley',
    'we went to the party',
    'parleys are held in the open',
    "parley's garden",
  ])('is not taken for it elsewhere, nor is every word like it: "%s"', (text) => {
    expect(addressed(text)).toBe(false);
  });

  test('needs five letters: too many words are like a shorter one', () => {
    expect(isAddressed({ text: 'hey and', names: ['Ann'] })).toBe(false);
    expect(isAddressed({ text: 'hey ann', names: ['Ann'] })).toBe(true);
  });
});

describe('names', () => {
  test('are found without their accents and case, and in several words', () => {
    expect(isAddressed({ text: 'hola jose que hora es', names: ['José'] })).toBe(true);
    expect(isAddressed({ text: 'Hey RENÉE!', names: ['renee'] })).toBe(true);
    expect(isAddressed({ text: 'doctor bob what is it', names: ['Doctor Bob'] })).toBe(true);
    expect(isAddressed({ text: 'bob what is it', names: ['Doctor Bob'] })).toBe(false);
  });

  test('that are empty name nobody', () => {
    expect(isAddressed({ text: 'hello', names: ['', ' ! '] })).toBe(false);
    expect(isAddressed({ text: 'hello', names: [] })).toBe(false);
  });

  test('count at either end and after a greeting in other languages, whose other words are not known', () => {
    expect(isAddressed({ text: 'Parley was ist das', names: NAMES, language: 'de' })).toBe(true);
    expect(isAddressed({ text: 'wie spät ist es Parley', names: NAMES, language: 'de-AT' })).toBe(true);
    expect(isAddressed({ text: 'und dann hallo Parley was nun', names: NAMES, language: 'de' })).toBe(true);
    expect(isAddressed({ text: 'gestern hat Parley geschwiegen', names: NAMES, language: 'de' })).toBe(false);
  });
});

describe('what words alone cannot tell', () => {
  // Taken for calls although they are none...
  test.each([
    ['parley is the one that i mean', 'as it may be: is the shop open'],
    ['assistant professors are paid little', 'a name that is a word'],
    ['we set up parley', 'as in: turn it up, parley'],
    ['I met Anna, Parley, and Bob', 'a list'],
    ["i don't care what would make anybody happy parley", 'said to a namesake'],
    ['can you cook barley', 'a word like the name, at the end of a request'],
    ['barley', 'a word like the name, alone'],
  ])('accepted: "%s" (%s)', (text) => {
    expect(addressed(text)).toBe(true);
  });

  // ...and the other way round.
  test.each([
    ["i don't know parley", 'as in: I do not know Bob'],
    ['harley what time is it', 'as it is somebody else’s name'],
    ['barley the lamp please', 'a misheard name without a question or command'],
    ['could it be that parley sees this differently', 'in mid-sentence'],
    ["what's parley's opinion", 'a possessive'],
    ['再来一个助手', 'as in: one assistant'],
  ])('missed: "%s" (%s)', (text) => {
    expect(addressed(text)).toBe(false);
  });
});
