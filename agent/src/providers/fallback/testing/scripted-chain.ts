import {
  type AsrOptions,
  type AsrProvider,
  type ChatMessage,
  type EngineFallback,
  FRAME_MS,
  type LlmChunk,
  type LlmOptions,
  type LlmProvider,
  type PcmFrame,
  type ServedStage,
  type SpeakOptions,
  type SpeechChunk,
  type Transcript,
  type TtsProvider,
  type Voice,
} from '../../../contracts/index.ts';
import { ManualClock } from '../../../testing/manual-clock.ts';
import { Chain, Health, type Link } from '../index.ts';

/** An engine's step in a call: something it gives, a failure, or a silence that only an abort ends. */
export type Step<T> = T | Error | 'hang';

async function* played<T>(steps: readonly Step<T>[], signal: AbortSignal): AsyncGenerator<T> {
  for (const step of steps) {
    if (step instanceof Error) throw step;
    if (step === 'hang')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    yield step as T;
  }
}

/** Gives what is scripted for its nth call; the last script also serves those after it. */
class Script<T> {
  readonly #calls: readonly (readonly Step<T>[])[];
  #next = 0;

  constructor(calls: readonly (readonly Step<T>[])[]) {
    this.#calls = calls;
  }

  next(): readonly Step<T>[] {
    const steps = this.#calls[Math.min(this.#next, this.#calls.length - 1)] ?? [];
    this.#next++;
    return steps;
  }
}

/** Texts are deltas. */
export class StepLlm implements LlmProvider {
  readonly id: string;
  readonly asked: (readonly ChatMessage[])[] = [];
  readonly signals: AbortSignal[] = [];
  readonly #script: Script<string | LlmChunk>;

  constructor(id: string, ...calls: readonly (readonly Step<string | LlmChunk>[])[]) {
    this.id = id;
    this.#script = new Script(calls);
  }

  async *reply(history: readonly ChatMessage[], { signal }: LlmOptions): AsyncGenerator<LlmChunk> {
    this.asked.push(history);
    this.signals.push(signal);
    for await (const step of played(this.#script.next(), signal))
      yield typeof step === 'string' ? { kind: 'text', delta: step } : step;
  }
}

/** One frame of 20 ms of which nothing is told. */
const SILENT_PACKET = Uint8Array.of(0x08);

/** Numbers are ms of audio, of one constant sample; texts are words, at the audio so far. */
export class StepTts implements TtsProvider {
  readonly id: string;
  readonly rate: number;
  readonly said: string[] = [];
  readonly voicesUsed: (string | undefined)[] = [];
  /** Audio is packets of 20 ms without any sound, where these are taken. */
  answersInOpus = false;
  readonly #script: Script<number | string>;

  constructor(id: string, rate: number, ...calls: readonly (readonly Step<number | string>[])[]) {
    this.id = id;
    this.rate = rate;
    this.#script = new Script(calls);
  }

  async voices(): Promise<readonly Voice[]> {
    return [{ id: this.id, name: this.id, language: 'en' }];
  }

  async *speak(text: string, { signal, voice, takesOpus }: SpeakOptions): AsyncGenerator<SpeechChunk> {
    this.said.push(text);
    this.voicesUsed.push(voice);
    let atMs = 0;
    for await (const step of played(this.#script.next(), signal)) {
      if (typeof step === 'string') yield { kind: 'word', text: step, atMs };
      else if (takesOpus && this.answersInOpus) {
        for (const until = atMs + step; atMs < until; atMs += FRAME_MS)
          yield { kind: 'opus', packet: SILENT_PACKET, begins: atMs === 0 };
      } else {
        yield { kind: 'audio', samples: new Int16Array((step * this.rate) / 1000).fill(1000) };
        atMs += step;
      }
    }
  }
}

/** `listen` takes the audio up to its end, a number takes as many frames; texts are partials, `final` ends. */
export type AsrStep = number | 'listen' | string | { readonly final: string };

export class StepAsr implements AsrProvider {
  readonly id: string;
  /** What each call has heard. */
  readonly heard: PcmFrame[][] = [];
  readonly #script: Script<AsrStep>;

  constructor(id: string, ...calls: readonly (readonly Step<AsrStep>[])[]) {
    this.id = id;
    this.#script = new Script(calls);
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, { signal }: AsrOptions): AsyncGenerator<Transcript> {
    const frames: PcmFrame[] = [];
    this.heard.push(frames);
    const source = audio[Symbol.asyncIterator]();
    for await (const step of played(this.#script.next(), signal)) {
      if (step === 'listen' || typeof step === 'number') {
        const wanted = step === 'listen' ? Number.POSITIVE_INFINITY : frames.length + step;
        while (frames.length < wanted) {
          const { done, value } = await source.next();
          if (done) break;
          frames.push(value);
        }
      } else if (typeof step === 'string') yield { kind: 'partial', text: step };
      else yield { kind: 'final', text: step.final };
    }
  }
}

/** A chain of scripted engines on a clock of its own, with what it tells. */
export class ChainScene<Engine extends { readonly id: string }> {
  readonly clock = new ManualClock();
  readonly fallbacks: EngineFallback[] = [];
  /** e.g. `first down`. */
  readonly changes: string[] = [];
  readonly links: readonly Link<Engine>[];
  readonly chain: Chain<Engine>;

  constructor(stage: ServedStage, engines: readonly Engine[]) {
    this.links = engines.map((engine) => ({
      engine,
      health: new Health({
        stage,
        engine: engine.id,
        clock: this.clock,
        onChange: ({ engine: name, up }) => this.changes.push(`${name} ${up ? 'up' : 'down'}`),
      }),
    }));
    this.chain = new Chain({
      stage,
      links: this.links,
      clock: this.clock,
      onFallback: (fallback) => this.fallbacks.push(fallback),
    });
  }
}
