import { setTimeout as pause } from 'node:timers/promises';
import type { AsrOptions, AsrProvider, PcmFrame, Transcript } from '@parley/agent';
import { callOf, type EngineNote, type SoundingWord, sinceEpoch, type Truth } from './timeline.ts';

/** From speech end to the final text, in ms. */
export const FINAL_MS = 150;
/** A word is in the partial text so long after it has ended, in ms. */
export const PARTIAL_LAG_MS = 120;
/** From a packet's leaving the caller to its frame in the host at the least: the jitter buffer and the way, in ms. */
const WAY_MS = 65;
/** Words of a call that are remembered: what exceeds it is forgotten, oldest first. */
const MAX_WORDS = 2000;

interface CallTruth {
  words: SoundingWord[];
  /** Ms since 1970 of the start of the media clock, as heard here; the least of all frames. */
  startedAt: number;
}

/**
 * Knows which words were said when, and tells no more than what lies in the audio that it is given: nothing for a
 * cough, half a sentence for half a sentence. Its delays are those of a good streaming recogniser.
 */
export class TruthfulAsr implements AsrProvider {
  readonly id = 'truthful';
  readonly partials = true;
  readonly #calls = new Map<string, CallTruth>();
  readonly #note: (note: EngineNote) => void;

  constructor(note: (note: EngineNote) => void = () => {}) {
    this.#note = note;
  }

  learn({ call, words }: Truth): void {
    const truth = this.#call(call);
    truth.words = [...truth.words, ...words].slice(-MAX_WORDS);
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, { signal, language }: AsrOptions): AsyncIterable<Transcript> {
    const call = callOf(language);
    const truth = this.#call(call);
    let heard: { from: number; to: number } | undefined;
    let told = '';
    for await (const frame of audio) {
      signal.throwIfAborted();
      const end = frame.at + (frame.samples.length * 1000) / frame.rate;
      truth.startedAt = Math.min(truth.startedAt, sinceEpoch(performance.now()) - end);
      heard = { from: heard?.from ?? frame.at, to: end };
      const text = textOf(truth, heard.from, heard.to - PARTIAL_LAG_MS, 'whole');
      if (text !== told) yield { kind: 'partial', text };
      told = text;
    }
    await pause(FINAL_MS, undefined, { signal });
    const text = heard ? textOf(truth, heard.from, heard.to, 'most') : '';
    this.#note({ at: sinceEpoch(performance.now()), engine: 'asr', call, text: `final "${text}"` });
    yield { kind: 'final', text };
  }

  #call(call: string): CallTruth {
    const known = this.#calls.get(call) ?? { words: [], startedAt: Number.POSITIVE_INFINITY };
    this.#calls.set(call, known);
    return known;
  }
}

/** The words between two times of the media clock: those that are over, or those of which the middle is in. */
function textOf({ words, startedAt }: CallTruth, from: number, to: number, share: 'whole' | 'most'): string {
  const base = startedAt - WAY_MS;
  const inside = words.filter((word) => {
    const middle = (word.from + word.to) / 2;
    return middle > base + from && (share === 'whole' ? word.to : middle) < base + to;
  });
  return inside.map(({ text }) => text).join(' ');
}
