import { echoesText } from '../hearing/index.ts';

/** Speech of which so much was the agent's own voice is nobody's... */
const MOSTLY_ECHO = 0.6;
/** ...and with a little of it, if its words are the agent's, too. */
const PARTLY_ECHO = 0.2;
const OWN_WORDS = 0.7;

/** Is this the agent itself, come back? `lastSaid`: what was heard of its latest words. */
export function isOwnVoice({ text, echoShare }: { text: string; echoShare: number }, lastSaid: () => string): boolean {
  if (text === '' || echoShare < PARTLY_ECHO) return false;
  return echoShare >= MOSTLY_ECHO || echoesText(text, lastSaid()) >= OWN_WORDS;
}
