import {
  type AsrOptions,
  type AsrProvider,
  type ChatMessage,
  type LlmChunk,
  type LlmOptions,
  type LlmProvider,
  type PcmFrame,
  ProviderError,
  type SpeakOptions,
  type SpeechChunk,
  type Transcript,
  type TtsProvider,
  type Voice,
} from '@parley/agent';
import { type SpokenClip, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';

// Engines that take no time, cost next to nothing and keep nothing: what a server needs is then its own.

/** What a caller is answered with: at 50 ms a character, about as long as callers speak. */
export const ANSWER = 'That is a good question. Here is what I would do if I were in your place.';
/** Typed by a caller who wants to hear the agent for this many seconds. */
export const talkWish = (seconds: number): string => `talk for ${seconds}`;

const WISH = /^talk for (\d+)$/;
const MS_PER_CHARACTER = 50;
export const ANSWER_MS = ANSWER.length * MS_PER_CHARACTER;
const PARTIAL_FRAMES = 20;
const WORDS = 'what do you think of that';
const RATE = 24_000;
const CHUNK_MS = 100;
/** Under the voice, so that each packet of it can be told from silence: -35 dB of full scale. */
const HUM = 820;
/** Real speech, as encoders work harder for it than for a tone. */
const SPOKEN: readonly SpokenClip[] = ['jfk', 'librivox-0880', 'harvard-1'];

/** Fails that share of all calls, 0..1, each in one of the ways in which services do. */
function mayFail(stage: 'asr' | 'llm' | 'tts', share: number): void {
  if (Math.random() >= share) return;
  const reasons = ['timeout', 'unavailable', 'rate-limited'] as const;
  throw new ProviderError(
    stage,
    reasons[Math.floor(Math.random() * reasons.length)] ?? 'timeout',
    'as the bench wishes',
  );
}

export class FreeAsr implements AsrProvider {
  readonly id = 'free-asr';
  readonly #faults: number;

  constructor(faults = 0) {
    this.#faults = faults;
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, { signal }: AsrOptions): AsyncIterable<Transcript> {
    let frames = 0;
    for await (const _ of audio) if (++frames === PARTIAL_FRAMES) yield { kind: 'partial', text: 'what' };
    signal.throwIfAborted();
    mayFail('asr', this.#faults);
    yield { kind: 'final', text: WORDS };
  }
}

export class FreeLlm implements LlmProvider {
  readonly id = 'free-llm';
  readonly #faults: number;

  constructor(faults = 0) {
    this.#faults = faults;
  }

  async *reply(history: readonly ChatMessage[], { signal }: LlmOptions): AsyncIterable<LlmChunk> {
    mayFail('llm', this.#faults);
    const wished = Number(WISH.exec(history.at(-1)?.content ?? '')?.[1] ?? 0);
    const times = Math.max(1, Math.round((wished * 1000) / (ANSWER.length * MS_PER_CHARACTER)));
    for (let time = 0; time < times; time++) {
      signal.throwIfAborted();
      yield { kind: 'text', delta: `${ANSWER} ` };
    }
  }
}

export class FreeTts implements TtsProvider {
  readonly id = 'free-tts';
  readonly rate = RATE;
  readonly #voice: Int16Array;
  readonly #faults: number;

  constructor(library: OpusLibrary, faults = 0) {
    this.#voice = makeVoice(library);
    this.#faults = faults;
  }

  async voices(): Promise<readonly Voice[]> {
    return [{ id: 'clips', name: 'Clips', language: 'en' }];
  }

  async *speak(text: string, { signal }: SpeakOptions): AsyncIterable<SpeechChunk> {
    mayFail('tts', this.#faults);
    const size = (RATE * CHUNK_MS) / 1000;
    const chunks = Math.ceil((text.length * MS_PER_CHARACTER) / CHUNK_MS);
    for (let chunk = 0; chunk < chunks; chunk++) {
      signal.throwIfAborted();
      const at = (chunk * size) % (this.#voice.length - size);
      yield { kind: 'audio', samples: this.#voice.subarray(at, at + size) };
    }
  }
}

function makeVoice(library: OpusLibrary): Int16Array {
  const parts = SPOKEN.flatMap((name) => {
    const resampler = library.resampler({ from: 16_000, to: RATE });
    return [...resampler.push(spoken(name)), ...resampler.flush()];
  });
  return Int16Array.from(parts, (sample, i) =>
    Math.max(-32_768, Math.min(32_767, sample + HUM * Math.sin((2 * Math.PI * 220 * i) / RATE))),
  );
}
