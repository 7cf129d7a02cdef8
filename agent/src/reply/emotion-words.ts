import { EMOTIONS, type Emotion } from '../contracts/index.ts';

/** What a bracket asks of the voice; `emotion` undefined: as the settings have it. */
export type Direction =
  | { readonly kind: 'emotion'; readonly emotion: Emotion | undefined }
  | { readonly kind: 'stage' };

/** Other words that models take for an emotion. */
const LIKE: Readonly<Record<Emotion, string>> = {
  neutral: 'normal neutrally 中性 正常',
  happy: 'happily joyful joyfully joy cheerful cheerfully glad warm warmly 开心 高兴 快乐 愉快',
  sad: 'sadly sorrowful sorrowfully melancholy 悲伤 难过 伤心',
  angry: 'angrily anger furious furiously annoyed 生气 愤怒',
  calm: 'calmly calming soothing soothingly gentle gently relaxed 平静 冷静 温柔',
  excited: 'excitedly enthusiastic enthusiastically thrilled 兴奋 激动',
  whisper: 'whispers whispering whispered softly quietly 低声 轻声 悄声 耳语',
};
const BY_WORD: ReadonlyMap<string, Emotion> = new Map(
  EMOTIONS.flatMap((emotion) => [emotion, ...LIKE[emotion].split(' ')].map((word) => [word, emotion] as const)),
);
/** `[emotion: happy]`, `<tone=happy>`, `[happy tone]`. */
const NAMED = /^(?:emotion|tone|mood|style|情绪|语气)\s*[:=：]\s*/;
const DEGREE = /^(?:very|slightly|a bit|a little|more)\s+/;
/** Sounds and gestures: nobody means to have these words said. */
const STAGE =
  /^(?:(?:soft(?:ly)?|nervous(?:ly)?|small|deep|long|short|brief)\s+)?(?:laugh(?:s|ing|ter)?|chuckl(?:e|es|ing)|giggl(?:e|es|ing)|sigh(?:s|ing)?|gasp(?:s|ing)?|cough(?:s|ing)?|sniff(?:s|les)?|sob(?:s|bing)?|cr(?:y|ies|ying)|yawn(?:s|ing)?|groan(?:s|ing)?|hum(?:s|ming)?|breath(?:s|es|ing)?|inhales?|exhales?|clears? (?:his |her |their |my )?throat|paus(?:e|es|ing)|smil(?:e|es|ing)|grins?|nod(?:s|ding)?|winks?|shrugs?|applause|music|beat|silence|笑|大笑|微笑|轻笑|叹气|停顿|咳嗽|深呼吸|沉默|点头)(?:\s+(?:softly|quietly|nervously|deeply|warmly))?$/;
/** At the head of a sentence, a word or two in small letters stand for how it is said: `[curious]`. */
const SMALL_WORDS = /^\[[a-z-]+(?:,? [a-z-]+)?\]$/;

/** What is meant by a bracket, with its marks; undefined where it is text. */
export function directionOf(bracket: string, beginsSentence: boolean): Direction | undefined {
  const inner = bracket.slice(1, -1).trim().toLowerCase();
  const ends = inner.startsWith('/');
  const named = ends || NAMED.test(inner);
  const words = inner
    .replace(/^\//, '')
    .replace(NAMED, '')
    .replace(DEGREE, '')
    .replace(/\s+(?:tone|voice)$/, '')
    .trim();
  const emotion = BY_WORD.get(words);
  if (ends) return emotion || words === 'emotion' ? { kind: 'emotion', emotion: undefined } : undefined;
  if (emotion) return { kind: 'emotion', emotion };
  const isStage = named || STAGE.test(words) || (beginsSentence && SMALL_WORDS.test(bracket));
  return isStage ? { kind: 'stage' } : undefined;
}
