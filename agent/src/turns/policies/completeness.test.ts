import { describe, expect, test } from '@jest/globals';
import { type Completeness, completeness } from './completeness.ts';

const lines = (text: string): string[] => text.trim().split(/\s*\n\s*/);

/** Said to the end, as recognisers give it: no case, no marks. */
const ENGLISH_FINAL = lines(`
  yes
  no thanks
  yes please
  okay sounds good
  i don't think so
  yes it is
  no i don't
  never mind
  what time is it
  how are you
  where are you from
  what are you looking for
  what's the weather like
  who is that
  what do you mean
  what does that word mean
  is it going to rain tomorrow
  can you help me
  do you know where the station is
  why is the sky blue
  turn on the lamp
  turn the lights on
  go forward ten meters
  play some jazz
  set an alarm for six am
  call my mother
  tell me a joke
  could you speak more slowly please
  remind me to water the plants
  okay so what is the plan
  stop
  thank you very much
  hello
  good morning
  i'd like a table for two please
  that's all`);

/** Paused in the middle. */
const ENGLISH_INTERNAL = lines(`
  i want to
  i'd like to book a table for
  turn on the
  turn on
  could you please
  can you tell me
  what is the capital of
  what's the weather in
  what are you going to
  how many
  i went to the shop and
  because
  it was late so
  um
  well i was thinking um
  i need something that is more than
  my sister is
  i live in
  i think that
  the thing is
  let me see
  for example
  it's kind of
  if it rains tomorrow
  when i was a child
  tell me
  remind me
  so i told him that's
  we should probably
  can you play some
  i'm looking for a hotel with
  the meeting is on monday or
  she doesn't like
  what i really want
  my number is four one five
  the code is a b c
  my phone number is 415
  it's spelled j o
  four one five five
  hey can you`);

const CHINESE_FINAL = lines(`
  好的
  不用了谢谢
  是的
  没有
  我不知道
  我也是
  现在几点
  今天天气怎么样
  你叫什么名字
  多少钱
  这个怎么用
  明天会下雨吗
  你能帮我吗
  那你呢
  我们走吧
  打开客厅的灯
  把灯关掉
  播放周杰伦的歌
  提醒我明天早上七点起床
  给我讲一个笑话
  再说一遍
  等一下
  附近有没有好吃的餐厅
  你好`);

const CHINESE_INTERNAL = lines(`
  我想
  然后
  但是
  因为
  我昨天去了公园然后
  我想问一下
  如果明天下雨的话
  如果明天下雨
  这个东西就是
  我觉得
  比如
  比如说
  那个
  今天天气很好所以
  我家在
  我想和
  请把
  帮我打开
  我的号码是
  我的电话是一三八
  密码是四五六
  一二三四
  嗯那个
  还有
  我准备
  虽然他很忙
  他是一个
  能不能帮我
  你可以
  我不太
  小时候的时候`);

const shareOf = (phrases: readonly string[], ...kinds: Completeness[]): number =>
  phrases.filter((phrase) => kinds.includes(completeness(phrase))).length / phrases.length;

describe.each([
  ['English', ENGLISH_FINAL, ENGLISH_INTERNAL, 60],
  ['Chinese', CHINESE_FINAL, CHINESE_INTERNAL, 40],
] as const)('%s without punctuation', (_language, final, internal, atLeast) => {
  test('the table is large enough to mean something', () => {
    expect(final.length + internal.length).toBeGreaterThanOrEqual(atLeast);
  });

  test.each(final)('"%s" is no unfinished turn', (phrase) => {
    expect(['finished', 'open']).toContain(completeness(phrase));
  });

  test.each(internal)('"%s" is no finished turn', (phrase) => {
    expect(['unfinished', 'spelling', 'open']).toContain(completeness(phrase));
  });

  test('at least nine in ten are told apart for sure', () => {
    expect(shareOf(final, 'finished')).toBeGreaterThanOrEqual(0.9);
    expect(shareOf(internal, 'unfinished', 'spelling')).toBeGreaterThanOrEqual(0.9);
  });
});

describe('reading out', () => {
  test.each([
    'my number is four one five',
    'the code is a b c',
    '我的手机号是一三八零零',
    'my pin is 41',
    'seven seven two',
  ])('"%s" waits for more', (phrase) => expect(completeness(phrase)).toBe('spelling'));

  test.each([
    ['my number is four one five five five five one two three four', 'ten digits'],
    ['电话是一三八零零一三八零零零', 'eleven digits'],
    ['i have three', 'a number that is not read out'],
    ['plan b', 'a letter that is not read out'],
  ])('"%s" does not: %s', (phrase) => {
    expect(completeness(phrase)).not.toBe('spelling');
  });
});

describe('punctuation', () => {
  test.each([
    ['Is it raining?', 'finished'],
    ['Tuesday?', 'finished'],
    ['What did you ask her for?', 'finished'],
    ['And the?', 'unfinished'],
    ['I went to the shop,', 'unfinished'],
    ['My brother lives in Boston...', 'unfinished'],
    ['I want to.', 'unfinished'],
    ['Yes.', 'finished'],
    ['Turn on the lamp.', 'finished'],
    ['My brother lives in Boston.', 'open'],
    ['今天天气怎么样？', 'finished'],
    ['我昨天去了公园，', 'unfinished'],
    ['然后。', 'unfinished'],
  ] as const)('"%s" is %s', (text, kind) => {
    expect(completeness(text)).toBe(kind);
  });
});

describe('what else recognisers write', () => {
  test.each([
    ['', 'wordless'],
    ['  ... ', 'wordless'],
    ['[NOISE]', 'wordless'],
    ['<sil> turn on the lamp ++BREATH++', 'finished'],
    ['YEAHHH', 'finished'],
    ['I’d like to', 'unfinished'],
    ['ummmm', 'unfinished'],
    ['我們的', 'unfinished'],
    ['現在幾點', 'finished'],
    ['帮我打开 Spotify', 'open'],
    ['我想要 a', 'unfinished'],
  ] as const)('"%s" is %s', (text, kind) => {
    expect(completeness(text)).toBe(kind);
  });

  test('other languages are judged by marks alone', () => {
    expect(completeness('ich gehe so', 'de')).toBe('open');
    expect(completeness('Gehst du?', 'de')).toBe('finished');
    expect(completeness('je voudrais,', 'fr-FR')).toBe('unfinished');
  });

  test('a Chinese word in an English call is judged as Chinese, and the other way round', () => {
    expect(completeness('好的', 'en')).toBe('finished');
    expect(completeness('i want to', 'zh')).toBe('unfinished');
  });
});
