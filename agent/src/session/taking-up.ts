import type { Past } from '../contracts/index.ts';
import type { OwnWords } from './floor.ts';
import { phrase } from './phrases.ts';

/**
 * What is said first to callers whose agent was lost, so that they are not left in silence. `language`: BCP 47, where the
 * conversation has a fixed one.
 */
export function firstWords({ owed, language: heard }: Past, language: string | undefined): OwnWords {
  const say = (what: Parameters<typeof phrase>[0]): string => phrase(what, language ?? heard);
  switch (owed) {
    case 'answer':
      // The answer follows: what it answers must stay the last that the LLM knows of.
      return { text: say('lost-thread'), unrecorded: true };
    case 'rest':
      return { text: `${say('lost-thread')} ${say('go-on')}` };
    case 'attention':
      return { text: say('unrecognised') };
    default:
      return { text: say('lost-thread') };
  }
}
