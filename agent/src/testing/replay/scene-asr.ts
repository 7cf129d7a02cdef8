import {
  type AsrOptions,
  type AsrProvider,
  FRAME_MS,
  type PcmFrame,
  ProviderError,
  type Transcript,
} from '../../contracts/index.ts';
import { type Clock, sleep } from '../../kernel/index.ts';
import { forever } from './scene-llm.ts';
import type { AsrScript } from './schema-engines.ts';
import { joinWords, type TimedWord } from './words.ts';

/** Counts the utterances of all callers. */
export interface Utterances {
  count: number;
}

export interface SceneAsrOptions {
  readonly clock: Clock;
  readonly script: AsrScript;
  readonly utterances: Utterances;
  /** Everything that is said into this caller's microphone, in ms of its media. */
  readonly words: () => readonly TimedWord[];
}

/** Knows what is said when: tells the words that lie in the audio that it is given, as late as the scene says. */
export class SceneAsr implements AsrProvider {
  readonly id = 'scene-asr';
  readonly partials: boolean;
  readonly #options: SceneAsrOptions;

  constructor(options: SceneAsrOptions) {
    this.#options = options;
    this.partials = !options.script.rules.some(({ no_partials }) => no_partials);
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, { signal }: AsrOptions): AsyncIterable<Transcript> {
    const { clock, script, utterances } = this.#options;
    const utterance = ++utterances.count;
    let from: number | undefined;
    let to = 0;
    let told = '';
    for await (const frame of audio) {
      from ??= frame.at;
      to = frame.at + FRAME_MS;
      const rule = this.#rule(utterance, from, to);
      if (rule?.no_partials || rule?.text === '') continue;
      const text = this.#text(from, to, to - (rule?.partial_ms ?? script.partial_ms));
      if (text !== told) yield { kind: 'partial', text: (told = text) };
    }
    const rule = this.#rule(utterance, from ?? 0, to);
    if (rule?.stalls) await forever(signal);
    await sleep(clock, rule?.final_ms ?? script.final_ms, signal);
    if (rule?.fails) throw new ProviderError('asr', rule.fails, 'the scene says so');
    yield { kind: 'final', text: rule?.text ?? this.#text(from ?? 0, to, Number.POSITIVE_INFINITY) };
  }

  /** Words whose middle lies in the audio, and that are over by `until`. */
  #text(from: number, to: number, until: number): string {
    const inside = this.#options
      .words()
      .filter((word) => (word.from + word.to) / 2 >= from && (word.from + word.to) / 2 < to && word.to <= until)
      .sort((a, b) => a.from - b.from);
    return joinWords(inside.map(({ text }) => text));
  }

  #rule(utterance: number, from: number, to: number): AsrScript['rules'][number] | undefined {
    const text = this.#text(from, to, Number.POSITIVE_INFINITY).toLowerCase();
    return this.#options.script.rules.find(
      (rule) =>
        (rule.utterance === undefined || rule.utterance === utterance) &&
        (rule.when === undefined || text.includes(rule.when.toLowerCase())),
    );
  }
}
