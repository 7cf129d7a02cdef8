import { spokenByAgent } from './clip-voice.ts';
import { composed, type SpokenPhrase } from './clips.ts';

/** Soon over, and loud from its first sound on. */
export const SHORT_ANSWERS = ['Go forward.'] as const;

const DASHWOOD =
  'And mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them.';
const UNLESS = 'Unless to be rather cold hearted and rather selfish is to be ill disposed.';
const AMIABLE = 'He might even have been made amiable himself.';
const YOUNG_MAN = 'He was not an ill disposed young man.';
const BOOKS = 'Produced the block books which were the immediate predecessors of the true printed book.';
const HAIL = 'Thunderstorms could produce large hail isolated tornadoes and heavy rain.';

/** Long enough for a sound and an interruption each, some 15 s. */
export const LONG_ANSWERS = [
  [DASHWOOD, UNLESS, AMIABLE],
  [BOOKS, DASHWOOD, UNLESS],
  [UNLESS, YOUNG_MAN, AMIABLE, DASHWOOD],
].map((sentences) => sentences.join(' '));

/** One sentence of 4 to 7 s each. */
export const SENTENCES = [DASHWOOD, UNLESS, BOOKS, HAIL] as const;

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z ]+/g, '')
    .trim();
const spoken = new Map<string, SpokenPhrase>();

/** What the agent's voice makes of the answer that begins with what was told of it; undefined where none does. */
export function agentSays(told: string): SpokenPhrase | undefined {
  const answers = [...SENTENCES, ...LONG_ANSWERS];
  // A sentence as a whole is itself, and no beginning of a longer answer.
  const whole = answers.find((each) => plain(each) === plain(told));
  const answer = whole ?? LONG_ANSWERS.concat(SENTENCES).find((each) => plain(each).startsWith(plain(told)));
  if (!answer || plain(told) === '') return undefined;
  let found = spoken.get(answer);
  if (!found) {
    const sentences = answer.match(/[^.]+\./g) ?? [];
    found = composed(
      answer.slice(0, 20),
      sentences.map((sentence) => spokenByAgent(sentence)),
    );
    spoken.set(answer, found);
  }
  return found;
}
