import { setTimeout as pause } from 'node:timers/promises';
import {
  type ChatMessage,
  HEARING_RATE,
  type LlmChunk,
  type LlmOptions,
  type LlmProvider,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '@parley/agent';
import { pinkNoise } from '@parley/agent/testing';
import { findPhrase, type SpokenPhrase, samplesIn } from './clips.ts';
import { callOf, type EngineNote, sinceEpoch } from './timeline.ts';

/** Of noise under all that the agent says, in dB of full scale: no packet of its voice is silent. */
const BREATH_DB = -58;
const CHUNK_MS = 100;

/** What the agent's voice makes of a text: the clip in which these words are said. */
export function spokenByAgent(text: string): SpokenPhrase {
  const found = findPhrase(text);
  if (!found) throw new TypeError(`no clip says "${text}"`);
  const noise = pinkNoise(found.samples.length, 7);
  const level = 32768 * 10 ** (BREATH_DB / 20);
  return { ...found, samples: found.samples.map((sample, i) => Math.round(sample + level * (noise[i] as number))) };
}

/** Speaks sentences that the clips contain, in the voice of the clip. */
export class ClipTts implements TtsProvider {
  readonly id = 'clips';
  readonly rate = HEARING_RATE;
  readonly #firstAudioMs: number;

  constructor(firstAudioMs: number) {
    this.#firstAudioMs = firstAudioMs;
  }

  async voices(): Promise<readonly Voice[]> {
    return [{ id: 'clips', name: 'Clips', language: 'en' }];
  }

  async *speak(text: string, { signal }: SpeakOptions): AsyncIterable<SpeechChunk> {
    const { samples, words } = spokenByAgent(text);
    if (this.#firstAudioMs > 0) await pause(this.#firstAudioMs, undefined, { signal });
    for (const word of words) yield { kind: 'word', text: word.text, atMs: word.from };
    const size = samplesIn(CHUNK_MS);
    for (let at = 0; at < samples.length; at += size) {
      signal.throwIfAborted();
      yield { kind: 'audio', samples: samples.subarray(at, at + size) };
    }
  }
}

export interface AnswersOptions {
  /** Given in turn, call by call, or as wished. */
  readonly answers: readonly string[];
  readonly firstTokenMs: number;
  readonly note: (note: EngineNote) => void;
}

/** A typed wish for an answer by its number. */
const WISH = /answer (\d+)/;
export const wishFor = (answer: number): string => `answer ${answer}`;

/** Says one of the answers after a time, whatever was asked. */
export class AnsweringLlm implements LlmProvider {
  readonly id = 'answers';
  readonly #options: AnswersOptions;
  readonly #given = new Map<string, number>();

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  async *reply(history: readonly ChatMessage[], { signal, language }: LlmOptions): AsyncIterable<LlmChunk> {
    const { answers, firstTokenMs, note } = this.#options;
    const call = callOf(language);
    const asked = history.at(-1)?.content ?? '';
    note({ at: sinceEpoch(performance.now()), engine: 'llm', call, text: `asked "${asked}"` });
    if (firstTokenMs > 0) await pause(firstTokenMs, undefined, { signal });
    const count = Number(WISH.exec(asked)?.[1] ?? this.#given.get(call) ?? 0);
    this.#given.set(call, count + 1);
    for (const delta of (answers[count % answers.length] as string).split(/(?<=\s)/)) {
      signal.throwIfAborted();
      yield { kind: 'text', delta };
    }
  }
}
