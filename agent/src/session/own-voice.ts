import { echoesText } from '../hearing/index.ts';

/** Speech of which so much was the agent's own voice is nobody's... */
const MOSTLY_ECHO = 0.6;
/** ...and with a little of it, if its words are the agent's, too. */
const PARTLY_ECHO = 0.2;
const OWN_WORDS = 0.7;

/** What the agent has just said: an echo of it is heard within seconds. */
const JUST_SAID_CHARS = 120;

/**
 * Is this the agent itself, come back? `lastSaid`: what was heard of its latest words. `over`: it is heard while the agent
 * speaks, on a line that brings its voice back; there its own words tell, however little of the sound is known for echo.
 */
export function isOwnVoice(
  { text, echoShare }: { text: string; echoShare: number },
  lastSaid: () => string,
  over: boolean,
): boolean {
  if (text === '' || (echoShare < PARTLY_ECHO && !over)) return false;
  if (echoShare >= MOSTLY_ECHO) return true;
  return echoesText(text, over ? lastSaid().slice(-JUST_SAID_CHARS) : lastSaid()) >= OWN_WORDS;
}
