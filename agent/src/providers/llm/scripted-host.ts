import {
  type ChatMessage,
  type LlmChunk,
  type LlmOptions,
  type LlmProvider,
  ProviderError,
} from '../../contracts/index.ts';
import { isChinese } from '../language.ts';
import { chinese } from './scripted/chinese.ts';
import { english } from './scripted/english.ts';
import { topicOf, wordsOf } from './scripted/match.ts';
import { readChineseNumber, readNumber, sayChineseNumber, sayNumber } from './scripted/numbers.ts';
import type { HostScript } from './scripted/script.ts';
import { restOfStory } from './scripted/story.ts';
import { findChineseSum, findSum, type Sum, work } from './scripted/sums.ts';

export interface ScriptedHostOptions {
  /** The wall clock. */
  readonly now?: () => Date;
  /** IANA name; the server's own where absent. */
  readonly timeZone?: string;
}

const COUNT_TO = 20;
const MAX_COUNT = 100;
const MAX_RESULT = 1e12;
const MAX_ECHO = 300;
const SIGNS = {
  en: { '+': ' plus ', '-': ' minus ', '*': ' times ', '/': ' divided by ' },
  zh: { '+': '加', '-': '减', '*': '乘以', '/': '除以' },
} as const;

/**
 * The LLM of a visit without a key: a few answers by heart, in English and Mandarin. It says what it is, and the same
 * conversation always gets the same answer.
 */
export class ScriptedHost implements LlmProvider {
  readonly id = 'scripted';
  readonly #now: () => Date;
  readonly #timeZone: string | undefined;

  constructor(options: ScriptedHostOptions = {}) {
    this.#now = options.now ?? (() => new Date());
    this.#timeZone = options.timeZone;
  }

  /** Says what it is before anything else. */
  opening(language?: string): string {
    return this.#answer([], language);
  }

  async *reply(history: readonly ChatMessage[], options: LlmOptions): AsyncGenerator<LlmChunk> {
    const { signal, language, forSummary } = options;
    if (forSummary) throw ProviderError.unsupported('llm', 'the scripted host cannot sum up a conversation');
    for (const delta of pieces(this.#answer(history, language))) {
      signal.throwIfAborted();
      yield { kind: 'text', delta };
    }
    signal.throwIfAborted();
  }

  #answer(history: readonly ChatMessage[], language: string | undefined): string {
    const asked = wordsOfCaller(history);
    const zh = /\p{L}/u.test(asked ?? '')
      ? isChinese(asked ?? '')
      : isChinese(asked ?? '') || /^(?:zh|cmn)/i.test(language ?? '');
    const script = zh ? chinese : english;
    const said = history.filter((message) => message.role === 'assistant').map((message) => message.content);
    if (asked === undefined) return script.opening;
    if (!/[\p{L}\p{N}]/u.test(asked)) return script.nothingHeard;
    const sum = zh ? findChineseSum(asked) : findSum(asked);
    return sum ? answerSum(sum, zh) : this.#answerTopic(asked, said, script, zh);
  }

  #answerTopic(asked: string, said: readonly string[], script: HostScript, zh: boolean): string {
    const topic = topicOf(asked, script);
    switch (topic) {
      case undefined:
        return echo(asked, said, script, zh);
      case 'time':
        return fill(script.time, { time: this.#time(zh) });
      case 'date':
        return fill(script.date, { date: this.#format(zh, { dateStyle: 'full' }) });
      case 'count':
        return join([...count(asked, zh), script.countDone], zh);
      case 'story':
        return join([script.storyOpening, ...script.story], zh);
      case 'continue': {
        const rest = restOfStory(said, script);
        if (!rest) return echo(asked, said, script, zh);
        return join(rest.length > 0 ? [script.storyAgain, ...rest] : [script.storyOver], zh);
      }
      case 'repeat':
        return said.at(-1) ?? script.nothingToRepeat;
      default:
        return script.answers[topic];
    }
  }

  #time(zh: boolean): string {
    if (!zh) return this.#format(false, { timeStyle: 'short' });
    const [, period = '', hour, minute] =
      /^(\D*)(\d+):(\d+)/.exec(this.#format(true, { hour12: true, hour: 'numeric', minute: '2-digit' })) ?? [];
    return `${period}${hour}点${minute === '00' ? '整' : `${Number(minute)}分`}`;
  }

  #format(zh: boolean, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(zh ? 'zh-CN' : 'en-US', { ...options, timeZone: this.#timeZone })
      .format(this.#now())
      .replace(/\u202f/g, ' ');
  }
}

/** Without the name that stands before them where several callers take part. */
function wordsOfCaller(history: readonly ChatMessage[]): string | undefined {
  const last = history.findLast((message) => message.role === 'user');
  if (last?.role !== 'user') return undefined;
  const named = last.name !== undefined && last.content.startsWith(`${last.name}: `);
  return (named ? last.content.slice(`${last.name}: `.length) : last.content).trim();
}

/** What it understood, and why there is no more to it: in full the first time, then in turn. */
function echo(asked: string, said: readonly string[], script: HostScript, zh: boolean): string {
  const text = asked.slice(0, MAX_ECHO).replace(/[\s.!?。！？，,]+$/u, '');
  const before = said.filter((message) => message.startsWith(script.heard.split('{', 1)[0] as string)).length;
  const more = before === 0 ? script.noModel : script.hints[(before - 1) % script.hints.length];
  return join([fill(script.heard, { text }), more as string], zh);
}

function answerSum(sum: Sum, zh: boolean): string {
  const script = zh ? chinese : english;
  const result = work(sum);
  if (Number.isNaN(result)) return script.noDivision;
  if (Math.abs(result) > MAX_RESULT) return script.tooBig;
  const rounded = Math.round(result * 100) / 100;
  const signs = SIGNS[zh ? 'zh' : 'en'];
  const spoken = sum.numbers
    .map((value, i) => (i === 0 ? '' : signs[sum.operators[i - 1] as keyof typeof signs]) + value)
    .join('');
  return fill(Math.abs(rounded - result) < 1e-9 ? script.sum : script.aboutSum, {
    sum: spoken,
    result: String(rounded),
  });
}

/** "count from five to ten", "count down from ten"; to twenty where no number is named. Ten to a sentence. */
function count(asked: string, zh: boolean): string[] {
  const [first, second] = zh ? chineseNumbersIn(asked) : numbersIn(asked);
  const down = /\b(?:down|backwards?)\b|倒/.test(asked.toLowerCase());
  const only = first ?? COUNT_TO;
  const [from, to] = second !== undefined ? [only, second] : down ? [only, 1] : [1, only];
  const step = to < from ? -1 : 1;
  const bounded = (value: number): number => Math.min(MAX_COUNT, Math.max(0, Math.round(value)));
  const words: string[] = [];
  for (let value = bounded(from); step * (bounded(to) - value) >= 0; value += step) {
    words.push(zh ? sayChineseNumber(value) : sayNumber(value));
  }
  const sentences: string[] = [];
  for (let at = 0; at < words.length; at += 10) {
    const sentence = words.slice(at, at + 10).join(zh ? '，' : ', ');
    sentences.push(zh ? `${sentence}。` : `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`);
  }
  return sentences;
}

function numbersIn(text: string): number[] {
  const numbers: number[] = [];
  for (let words = wordsOf(text.replaceAll('-', ' ')); words.length > 0; ) {
    const read = readNumber(words);
    if (read) numbers.push(read.value);
    words = words.slice(read?.words ?? 1);
  }
  return numbers;
}

const chineseNumbersIn = (text: string): number[] =>
  (text.match(/[零〇一二两三四五六七八九十百\d]+/g) ?? []).flatMap((written) => readChineseNumber(written) ?? []);

const join = (sentences: readonly string[], zh: boolean): string => sentences.join(zh ? '' : ' ');

const fill = (line: string, values: Readonly<Record<string, string>>): string =>
  line.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** Word by word, or a few Chinese characters at a time: as a model would write. */
const pieces = (text: string): string[] => text.match(/\p{Script=Han}{1,2}[^\p{Script=Han}\s]*\s*|\S+\s*/gu) ?? [];
