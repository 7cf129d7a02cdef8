import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  concatSamples,
  EMOTIONS,
  type Prosody,
  ProviderError,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '../../contracts/index.ts';
import { type Clock, raceAbort, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { WavStream } from '../wav.ts';
import { EspeakPool } from './espeak-process.ts';
import { chooseVoice, parseVoices } from './espeak-voices.ts';
import { clamp, type Range, soundOf } from './prosody.ts';
import { type Run, runsOf } from './runs.ts';
import { type TimedWord, timeWords } from './word-times.ts';

export interface EspeakOptions {
  /** ms without audio before a text counts as failed. */
  readonly timeoutMs: number;
  readonly program?: string;
  /** Writes Chinese characters as pinyin with tone numbers, for better readings than eSpeak's own. */
  readonly pinyin?: (text: string) => string;
  readonly clock?: Clock;
}

const PROGRAM = 'espeak-ng';
const NORMAL_WPM = 175;
const WPM_RANGE = [80, 450] as const;
const NORMAL_PITCH = 50;
const NORMAL_AMPLITUDE = 100;
const PITCH_RANGE = [0, 99] as const;
const AMPLITUDE_RANGE = [0, 200] as const;
/** About two minutes of speech, six megabytes. */
const MAX_TEXT = 2000;
const CHUNK_MS = 100;
const SILENCE = 100;

/** Lite speech: eSpeak NG run as a program of its own (GPL: never linked), about 1 ms to the first audio. */
export class EspeakTts implements TtsProvider {
  readonly id = 'espeak';
  readonly emotions = EMOTIONS;
  readonly rate: number;
  readonly #options: EspeakOptions;
  readonly #pool: EspeakPool;
  readonly #voices: readonly Voice[];
  readonly #known: ReadonlySet<string>;

  private constructor(options: EspeakOptions, pool: EspeakPool, voices: readonly Voice[], rate: number) {
    this.#options = options;
    this.#pool = pool;
    this.#voices = voices;
    this.#known = new Set(voices.map((voice) => voice.id));
    this.rate = rate;
  }

  /** Finds the program, its voices and its rate. Throws ProviderError where it is not installed. */
  static async load(options: EspeakOptions, signal: AbortSignal): Promise<EspeakTts> {
    signal.throwIfAborted();
    const program = options.program ?? PROGRAM;
    const pool = new EspeakPool(program);
    try {
      const listed = await raceAbort(
        promisify(execFile)(program, ['--voices'], { timeout: options.timeoutMs }),
        signal,
      );
      const probe = new WavStream();
      for await (const bytes of pool.speak(['-v', 'en-us'], 'a', signal)) probe.push(bytes);
      const tts = new EspeakTts(options, pool, parseVoices(listed.stdout), probe.rate);
      pool.prepare(tts.#flags(false, true, {}));
      return tts;
    } catch (error) {
      await pool.close();
      signal.throwIfAborted();
      throw ProviderError.unavailable('tts', `eSpeak NG does not start (is ${program} installed?)`, { cause: error });
    }
  }

  /** Processes that are alive now. */
  get processes(): number {
    return this.#pool.live;
  }

  async voices(): Promise<readonly Voice[]> {
    return this.#voices;
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    options.signal.throwIfAborted();
    if (text.length > MAX_TEXT)
      throw ProviderError.badRequest('tts', `eSpeak NG is given at most ${MAX_TEXT} characters`);
    const runs = runsOf(text, options.language);
    let startMs = 0;
    for (const [i, run] of runs.entries()) {
      const samples = await this.#synthesise(
        run,
        this.#flags(run.chinese, i === runs.length - 1, options),
        options.signal,
      );
      yield* this.#withWords(run.text, samples, startMs);
      startMs += this.#ms(samples.length);
    }
    options.signal.throwIfAborted();
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** All of it before any is given: it takes some 5 ms, and a process is never kept waiting by a slow reader. */
  async #synthesise(run: Run, flags: readonly string[], signal: AbortSignal): Promise<Int16Array> {
    const script = run.chinese && this.#options.pinyin ? this.#options.pinyin(run.text) : run.text;
    const clock = this.#options.clock ?? systemClock;
    const deadline = new Deadline({ stage: 'tts', ms: this.#options.timeoutMs, parent: signal, clock });
    const wav = new WavStream();
    const pieces: Int16Array[] = [];
    try {
      for await (const bytes of this.#pool.speak(flags, script, deadline.signal)) pieces.push(wav.push(bytes));
    } catch (error) {
      if (error instanceof TypeError) throw ProviderError.unavailable('tts', 'eSpeak NG gave no WAV', { cause: error });
      throw error;
    } finally {
      deadline.close();
    }
    return concatSamples(pieces);
  }

  /** Each word right before the audio in which it begins. */
  *#withWords(text: string, samples: Int16Array, startMs: number): Generator<SpeechChunk> {
    const words = timeWords(text, this.#ms(voicedLength(samples)));
    const step = Math.round((this.rate * CHUNK_MS) / 1000);
    for (let at = 0; at < samples.length; at += step) {
      while (words[0] && words[0].atMs < this.#ms(at + step)) {
        const { text: word, atMs } = words.shift() as TimedWord;
        yield { kind: 'word', text: word, atMs: startMs + atMs };
      }
      yield { kind: 'audio', samples: samples.subarray(at, at + step) };
    }
  }

  #flags(chinese: boolean, last: boolean, prosody: Prosody): string[] {
    const { voice, language, emotion } = prosody;
    const { rate, pitch, loudness } = soundOf(prosody);
    const name = chooseVoice({ voice, language, chinese, whisper: emotion === 'whisper' }, this.#known);
    const flag = (name: string, value: number, range: Range): string[] => [
      name,
      String(Math.round(clamp(value, range))),
    ];
    return [
      ...['-v', name, '-b', '1'],
      ...flag('-s', NORMAL_WPM * rate, WPM_RANGE),
      ...flag('-p', NORMAL_PITCH * pitch, PITCH_RANGE),
      ...flag('-a', NORMAL_AMPLITUDE * loudness, AMPLITUDE_RANGE),
      ...(last ? [] : ['-z']), // no pause at the end
    ];
  }

  #ms(samples: number): number {
    return (samples * 1000) / this.rate;
  }
}

/** Without the silence at the end. */
function voicedLength(samples: Int16Array): number {
  let end = samples.length;
  while (end > 0 && Math.abs(samples[end - 1] as number) < SILENCE) end--;
  return end;
}
