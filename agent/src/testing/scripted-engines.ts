import type {
  AsrOptions,
  AsrProvider,
  ChatMessage,
  Emotion,
  LlmChunk,
  LlmOptions,
  LlmProvider,
  PcmFrame,
  Prosody,
  SpeakOptions,
  SpeechChunk,
  ToolCall,
  Transcript,
  TtsProvider,
  Voice,
} from '../contracts/index.ts';

/** Takes every utterance for the next of the given texts; says the first word of it as a partial. Zero delay. */
export class ScriptedAsr implements AsrProvider {
  readonly id = 'scripted-asr';
  readonly heard: PcmFrame[][] = [];
  readonly #texts: (utterance: number) => string | Error;

  constructor(texts: readonly string[] | ((utterance: number) => string | Error)) {
    this.#texts = typeof texts === 'function' ? texts : (utterance) => texts[utterance % texts.length] ?? '';
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, { signal }: AsrOptions): AsyncIterable<Transcript> {
    const frames: PcmFrame[] = [];
    const text = this.#texts(this.heard.push(frames) - 1);
    for await (const frame of audio) {
      if (frames.push(frame) === 20 && typeof text === 'string')
        yield { kind: 'partial', text: text.split(' ')[0] ?? '' };
    }
    signal.throwIfAborted();
    if (text instanceof Error) throw text;
    yield { kind: 'final', text };
  }
}

/** Words to say, and tools to call after them. */
export interface ScriptedToolCalls {
  readonly text?: string;
  readonly calls: readonly ToolCall[];
}

type ScriptedAnswer = string | Error | ScriptedToolCalls;
type LlmScript = (history: readonly ChatMessage[]) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** Answers with what the script makes of the conversation, word by word. Zero delay unless the script waits. */
export class ScriptedLlm implements LlmProvider {
  readonly id = 'scripted-llm';
  readonly canSummarise = true;
  readonly asked: (readonly ChatMessage[])[] = [];
  readonly #script: LlmScript;

  constructor(script: LlmScript) {
    this.#script = script;
  }

  async *reply(history: readonly ChatMessage[], { signal }: LlmOptions): AsyncIterable<LlmChunk> {
    this.asked.push(history);
    const answer = await this.#script(history);
    if (answer instanceof Error) throw answer;
    const { text = '', calls } = typeof answer === 'string' ? { text: answer, calls: [] } : answer;
    for (const delta of text.split(/(?<=\s)/)) {
      signal.throwIfAborted();
      yield { kind: 'text', delta };
    }
    for (const call of calls) yield { kind: 'tool-call', ...call };
  }
}

export const MS_PER_CHARACTER = 50;

/** Speaks a soft tone, 50 ms for each character, in chunks of 100 ms. Zero delay. */
export class ScriptedTts implements TtsProvider {
  readonly id = 'scripted-tts';
  readonly rate = 24000;
  /** Absent as long as a test does not give it some. */
  emotions?: readonly Emotion[];
  readonly said: string[] = [];
  /** How each text was to be said. */
  readonly manners: Prosody[] = [];
  readonly #failure: (text: string) => Error | undefined;

  constructor(failure: (text: string) => Error | undefined = () => undefined) {
    this.#failure = failure;
  }

  async voices(): Promise<readonly Voice[]> {
    return [{ id: 'tone', name: 'Tone', language: 'en' }];
  }

  async *speak(text: string, { signal, ...manner }: SpeakOptions): AsyncIterable<SpeechChunk> {
    this.said.push(text);
    this.manners.push(manner);
    const failure = this.#failure(text);
    if (failure) throw failure;
    const chunk = new Int16Array(this.rate / 10).map((_, i) => 6000 * Math.sin((2 * Math.PI * 220 * i) / this.rate));
    for (let left = text.length * MS_PER_CHARACTER; left > 0; left -= 100) {
      signal.throwIfAborted();
      yield { kind: 'audio', samples: left >= 100 ? chunk : chunk.slice(0, (this.rate * left) / 1000) };
    }
  }
}
