import { concatSamples, durationMs, type Prosody, type ToolCall, type TtsProvider } from '../contracts/index.ts';
import { abortable, type Clock, isAbort, sleep } from '../kernel/index.ts';
import { chime } from './chime.ts';

/** How a silence is bridged in which an answer is owed. */
export interface Bridge {
  /** Silence that is an incident, in ms; 0 for never. */
  readonly silenceMs: number;
  /** Silence while tools run and nothing was said before them, in ms; 0 for never. */
  readonly toolMs: number;
  /** What to say while these calls run, or while none does; empty for nothing. */
  words(calls: readonly ToolCall[]): string;
  onSilence(stage: 'llm' | 'tts'): void;
}

/** An engine that has not begun to say the words of a bridge after this is not waited for, in ms. */
const PATIENCE_MS = 800;

/** When a silence that is owed words becomes too long: looked at again and again. Each bridge doubles the patience. */
export class SilenceWatch {
  #sinceMs: number;
  #playedMs = 0;
  #bridges = 0;

  constructor(now: number) {
    this.#sinceMs = now;
  }

  get bridges(): number {
    return this.#bridges;
  }

  /** `owed`: nobody else has the floor, and words are to come. True where the silence has lasted `limitMs`; 0 is never. */
  isTooLong(now: number, playedMs: number, owed: boolean, limitMs: number): boolean {
    if (playedMs !== this.#playedMs || !owed) {
      this.#playedMs = playedMs;
      this.#sinceMs = now;
    }
    if (limitMs === 0 || now - this.#sinceMs < limitMs * 2 ** this.#bridges) return false;
    this.#sinceMs = now;
    this.#bridges++;
    return true;
  }
}

/** The audio of a bridge's words, whole; a chime where the voice does not come. Rejects with the signal's reason only. */
export async function bridgeAudio(
  text: string,
  options: { tts: TtsProvider; prosody: Prosody; clock: Clock; signal: AbortSignal },
): Promise<{ samples: Int16Array; ms: number; spoken: boolean }> {
  const { tts, prosody, clock, signal } = options;
  const giveUp = new AbortController();
  const outer = (): void => giveUp.abort(signal.reason);
  signal.addEventListener('abort', outer, { once: true });
  try {
    const late = sleep(clock, PATIENCE_MS, giveUp.signal).then(() => undefined);
    late.catch(() => {});
    const spoken = await Promise.race([collect(text, tts, { ...prosody, signal: giveUp.signal }), late]);
    if (spoken) return { samples: spoken, ms: durationMs(spoken.length, tts.rate), spoken: true };
  } catch (error) {
    signal.throwIfAborted();
    if (isAbort(error)) throw error;
  } finally {
    signal.removeEventListener('abort', outer);
    giveUp.abort(new DOMException('the bridge is made', 'AbortError'));
  }
  const samples = chime(tts.rate);
  return { samples, ms: durationMs(samples.length, tts.rate), spoken: false };
}

async function collect(
  text: string,
  tts: TtsProvider,
  options: Prosody & { signal: AbortSignal },
): Promise<Int16Array | undefined> {
  const chunks: Int16Array[] = [];
  for await (const chunk of abortable(tts.speak(text, options), options.signal)) {
    if (chunk.kind === 'audio') chunks.push(chunk.samples);
  }
  return chunks.length === 0 ? undefined : concatSamples(chunks);
}
