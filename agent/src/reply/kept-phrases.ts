import type { Emotion, Prosody, SpeakOptions, SpeechChunk, TtsProvider, Voice } from '../contracts/index.ts';
import { abortable } from '../kernel/index.ts';

/** Phrases that are kept, each in one voice; at two seconds apiece some 6 MB. The one kept first goes first. */
const MAX_KEPT = 64;

/** A TTS that has the words at hand which bridge a silence: these must come even where the engine behind it is slow, or gone. */
export class KeptPhrases implements TtsProvider {
  readonly #tts: TtsProvider;
  readonly #kept = new Map<string, readonly SpeechChunk[]>();
  readonly #coming = new Set<string>();

  constructor(tts: TtsProvider) {
    this.#tts = tts;
  }

  get id(): string {
    return this.#tts.id;
  }

  get rate(): number {
    return this.#tts.rate;
  }

  get emotions(): readonly Emotion[] {
    return this.#tts.emotions ?? [];
  }

  voices(): Promise<readonly Voice[]> {
    return this.#tts.voices();
  }

  /** True where `speak` gives this text at once. */
  has(text: string, prosody: Prosody): boolean {
    return this.#kept.has(keyOf(text, prosody));
  }

  /** Has it spoken once, to be at hand from then on. Never rejects: one that fails is tried again when asked again. */
  async keep(text: string, options: SpeakOptions): Promise<void> {
    const key = keyOf(text, options);
    if (this.#kept.has(key) || this.#coming.has(key)) return;
    this.#coming.add(key);
    try {
      const chunks: SpeechChunk[] = [];
      for await (const chunk of abortable(this.#tts.speak(text, options), options.signal)) chunks.push(chunk);
      this.#kept.set(key, chunks);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    } catch {
      // Whoever needs it now hears something else; the engine's own failures are told where they matter.
    } finally {
      this.#coming.delete(key);
    }
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    yield* this.#kept.get(keyOf(text, options)) ?? this.#tts.speak(text, options);
  }
}

/** The language is that of the text. */
const keyOf = (text: string, { voice, speed, pitch, emotion }: Prosody): string =>
  JSON.stringify([text, voice, speed, pitch, emotion]);
