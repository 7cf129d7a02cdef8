import { echoesText, wordsBeside } from '../hearing/index.ts';
import { overlapWords } from '../turns/index.ts';

/** Speech of which so much was the agent's own voice is nobody's... */
const MOSTLY_ECHO = 0.6;
/** ...and with a little of it, if its words are the agent's, too. */
const PARTLY_ECHO = 0.2;
const OWN_WORDS = 0.7;
/** What the agent has just said: an echo of it is heard within seconds. */
const JUST_SAID_CHARS = 120;

/** Is this the agent itself, come back, while it was silent? `lastSaid`: what was heard of its latest words. */
export function isOwnVoice({ text, echoShare }: { text: string; echoShare: number }, lastSaid: string): boolean {
  if (text === '' || echoShare < PARTLY_ECHO) return false;
  return echoShare >= MOSTLY_ECHO || echoesText(text, lastSaid) >= OWN_WORDS;
}

/** As many words of a text are the agent's own as a caller does not repeat by chance. */
const SURELY_OWN = 2;

/**
 * What a caller said over the agent on a line that may bring its voice back: the words beside the agent's own, which tell
 * however little of the sound is known for echo. One such word is a slip of the recogniser, unless it is a command.
 * `echoes`: the line does bring it back.
 */
export function wordsOverEcho(text: string, lastSaid: string): { words: string; echoes: boolean } {
  const isCommand = (word: string): boolean => overlapWords(word) === 'command';
  const beside = wordsBeside(text, lastSaid.slice(-JUST_SAID_CHARS - text.length), isCommand);
  const own = countOf(text) - countOf(beside);
  if (own <= 0) return { words: text, echoes: false };
  const kind = overlapWords(beside);
  const speaks = kind === 'words' || kind === 'command';
  // One that is alike, among others: by chance.
  if (speaks && own < SURELY_OWN) return { words: text, echoes: false };
  return { words: speaks ? beside : '', echoes: own >= SURELY_OWN };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

const countOf = (text: string): number => [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike).length;
