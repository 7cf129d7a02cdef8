import { BACKCHANNELS, COMMANDS, NOISE } from './words/overlap.ts';
import { tokensOf } from './words/tokens.ts';

/** What is shorter is no word, in ms. */
const SHORTEST_WORD_MS = 120;
/** Who goes on for so long without a new word is not heard by the recogniser: other voices are, in ms. */
const STEADY_WORDS_MS = 1000;

/** All in ms. Defaults and meaning: presets.ts and docs/turn-taking.md. */
export interface InterruptionKnobs {
  readonly holdAfterMs: number;
  readonly oneWordFloorMs: number;
  readonly wordlessFloorMs: number;
  readonly backchannelFloorMs: number;
  readonly resumeSilenceMs: number;
  readonly transcriptWaitMs: number;
  readonly likelySpeechMs: number;
}

/** Speech over the agent's voice, as far as it is known now. */
export interface Overlap {
  /** From its onset to now, or to where it paused, in ms. */
  readonly lastedMs: number;
  /** It goes on. */
  readonly speaking: boolean;
  /** Since it paused, in ms; 0 while it goes on. */
  readonly silentMs: number;
  /** What was recognised of it so far; may be empty. */
  readonly text: string;
  /** The final transcript is in. */
  readonly settled: boolean;
  /** It is the agent's own voice come back, as far as the ear can tell now. */
  readonly echo?: boolean;
  /** Words would be known by now if there were any: they come while they are spoken. */
  readonly partials?: boolean;
  /** Since the words became these, in ms; absent where nobody knows. */
  readonly steadyMs?: number;
}

/**
 * `wait`: the voice goes on, ducked. `hold`: stop the voice, and keep it: it may go on from that word. `take-floor`:
 * the caller has the floor. `let-go`: it was nothing; the voice goes on. `background`: the same, although it goes on: the
 * noise of a room.
 */
export type InterruptionVerdict = 'wait' | 'hold' | 'take-floor' | 'let-go' | 'background';

/** What the words of an overlap amount to; `word`: one word with content, too little to trust a partial on. */
export type OverlapWords = 'none' | 'backchannel' | 'word' | 'words' | 'command';

/** Is speech over the agent's voice an interruption? Asked again on each frame and whenever the words change. */
export class InterruptionPolicy {
  readonly #knobs: InterruptionKnobs;

  constructor(knobs: InterruptionKnobs) {
    this.#knobs = knobs;
  }

  judge(overlap: Overlap): InterruptionVerdict {
    if (overlap.echo) return this.#judgeEcho(overlap);
    const words = overlapWords(overlap.text, overlap.settled);
    if (this.#isBackground(overlap, words)) return 'background';
    if (this.#takesFloor(overlap, words)) return 'take-floor';
    if (!overlap.speaking && this.#isOver(overlap, words)) return 'let-go';
    return overlap.lastedMs >= this.#knobs.holdAfterMs ? 'hold' : 'wait';
  }

  /** The agent's own words take nothing from it, however many there are. */
  #judgeEcho({ speaking, silentMs }: Overlap): InterruptionVerdict {
    return !speaking && silentMs >= this.#knobs.resumeSilenceMs ? 'let-go' : 'wait';
  }

  #isBackground({ speaking, lastedMs, partials = false, steadyMs = 0 }: Overlap, words: OverlapWords): boolean {
    if (!partials || !speaking) return false;
    if (words === 'none') return lastedMs >= this.#knobs.wordlessFloorMs;
    return words === 'backchannel' && steadyMs >= STEADY_WORDS_MS;
  }

  #takesFloor({ lastedMs, speaking, silentMs, settled }: Overlap, words: OverlapWords): boolean {
    const knobs = this.#knobs;
    switch (words) {
      case 'command':
      case 'words':
        return true;
      case 'word':
        return settled || lastedMs >= knobs.oneWordFloorMs || (!speaking && silentMs >= knobs.resumeSilenceMs);
      case 'backchannel':
        return speaking && lastedMs >= knobs.backchannelFloorMs;
      case 'none':
        if (speaking) return lastedMs >= knobs.wordlessFloorMs;
        // No transcript in time: speech of some length is rather words than a cough, and words must not be lost.
        return !settled && lastedMs >= knobs.likelySpeechMs && silentMs >= knobs.transcriptWaitMs;
    }
  }

  #isOver({ lastedMs, silentMs, settled }: Overlap, words: OverlapWords): boolean {
    const knobs = this.#knobs;
    if (settled || silentMs >= knobs.transcriptWaitMs) return true;
    const certain = words === 'backchannel' || lastedMs < SHORTEST_WORD_MS;
    return certain && silentMs >= knobs.resumeSilenceMs;
  }
}

/**
 * Backchannels and noise at the head are taken off; what remains decides. Until the words are settled, those with which
 * a backchannel begins tell nothing: `i` may become `i see`.
 */
export function overlapWords(text: string, settled = true): OverlapWords {
  let tokens: readonly string[] = tokensOf(text);
  let backchannel = false;
  while (tokens.length > 0) {
    const longest = BACKCHANNELS.at(tokens);
    const noise = NOISE.at(tokens);
    // `no way` is a backchannel and `no` a command; `好了` a command and `好` a backchannel: the longer one is meant.
    if (COMMANDS.at(tokens) > Math.max(longest, noise)) return 'command';
    if (!settled && BACKCHANNELS.begins(tokens)) break;
    if (longest === 0 && noise === 0) return tokens.length === 1 ? 'word' : 'words';
    if (longest >= noise) backchannel = true;
    tokens = tokens.slice(Math.max(longest, noise));
  }
  return backchannel ? 'backchannel' : 'none';
}
