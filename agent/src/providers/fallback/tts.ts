import type { OpusLibrary } from '../../codec/index.ts';
import {
  durationMs,
  type Emotion,
  FRAME_MS,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '../../contracts/index.ts';
import type { Attempt, Link } from './attempt.ts';
import { type Chain, PATIENCE_MS } from './chain.ts';
import { Clause } from './clause.ts';
import { Pace } from './pace.ts';

/** Voices in order: where one fails, even in mid-clause, the next one speaks what is left, at the first one's rate. */
export class FallbackTts implements TtsProvider {
  readonly id: string;
  readonly rate: number;
  readonly #chain: Chain<TtsProvider>;
  readonly #library: OpusLibrary | undefined;
  readonly #paces = new WeakMap<Link<TtsProvider>, Pace>();

  /** The library is needed where the voices have several rates. */
  constructor(chain: Chain<TtsProvider>, library?: OpusLibrary) {
    this.#chain = chain;
    this.#library = library;
    this.id = chain.first.engine.id;
    this.rate = chain.first.engine.rate;
    if (!library && chain.options.links.some(({ engine }) => engine.rate !== this.rate))
      throw new TypeError('voices of several rates need the Opus library, which has the resampler');
  }

  get emotions(): readonly Emotion[] {
    return this.#chain.first.engine.emotions ?? [];
  }

  /** Those of the engine that speaks first, each with its name: `espeak:en-us`. */
  async voices(): Promise<readonly Voice[]> {
    const { engine, health } = this.#chain.first;
    return (await engine.voices()).map((voice) => ({ ...voice, id: `${health.engine}:${voice.id}` }));
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    const walk = this.#chain.walk(options.signal, () => PATIENCE_MS);
    const clause = new Clause(text, options.speed);
    for (let attempt = walk.next(); attempt; attempt = walk.next()) {
      try {
        yield* this.#voice(attempt, clause.begin(this.#paceOf(attempt.link)), options);
        clause.finish();
        attempt.succeeded();
        return;
      } catch (error) {
        walk.failed(attempt, error);
        yield* clause.breakOff();
        if (clause.left === '') return;
      } finally {
        attempt.close();
      }
    }
    throw walk.failure;
  }

  close(): Promise<void> {
    return this.#chain.close();
  }

  async *#voice(attempt: Attempt<TtsProvider>, clause: Clause, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    const { engine, signal, link } = attempt;
    const prosody = { ...options, voice: this.#voiceFor(link, options.voice) };
    const resampler =
      engine.rate === this.rate ? undefined : this.#library?.resampler({ from: engine.rate, to: this.rate });
    try {
      for await (const chunk of attempt.read(engine.speak(clause.left, { ...prosody, signal }))) {
        if (chunk.kind === 'word') yield* clause.word(chunk);
        else if (chunk.kind === 'opus') {
          yield* clause.audio(FRAME_MS);
          yield chunk;
        } else {
          yield* clause.audio(durationMs(chunk.samples.length, engine.rate));
          const samples = resampler ? resampler.push(chunk.samples) : chunk.samples;
          if (samples.length > 0) yield { kind: 'audio', samples };
        }
      }
      const tail = resampler?.flush();
      if (tail?.length) yield { kind: 'audio', samples: tail };
    } finally {
      resampler?.close();
    }
  }

  /** A voice that names its engine is for that one alone; one that does not, for those without a voice of their own. */
  #voiceFor(link: Link<TtsProvider>, wanted: string | undefined): string | undefined {
    const owner = this.#chain.options.links.find(({ health }) => wanted?.startsWith(`${health.engine}:`));
    if (owner && owner === link) return wanted?.slice(owner.health.engine.length + 1);
    return link.voice ?? (owner ? undefined : wanted);
  }

  #paceOf(link: Link<TtsProvider>): Pace {
    const pace = this.#paces.get(link) ?? new Pace();
    this.#paces.set(link, pace);
    return pace;
  }
}
