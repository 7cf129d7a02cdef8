import type { WebSocket } from 'ws';
import { demuxWebmOpus, type OpusLibrary } from '../../../codec/index.ts';
import {
  EMOTIONS,
  ProviderError,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '../../../contracts/index.ts';
import { type Clock, raceAbort, systemClock } from '../../../kernel/index.ts';
import { connectionFailure, httpFailure } from '../http-failure.ts';
import { audioMs, opusAudio } from '../opus-audio.ts';
import { isSpeakable } from '../prosody-ssml.ts';
import { timed, timedSpeech } from '../timed.ts';
import type { TimedWord } from '../word-times.ts';
import { Connections, messagesOn, SERVER } from './connection.ts';
import { voicesIn } from './voices.ts';
import { credentials, type EdgeMessage, HEADERS, newId, speakMessage, ssmlFor } from './wire.ts';

export interface EdgeTtsOptions {
  /** Absent: Microsoft's. */
  readonly baseUrl?: string;
  /** ms without audio before a text counts as failed. */
  readonly timeoutMs: number;
  readonly opus: OpusLibrary;
  readonly clock?: Clock;
  /** Time of day in ms, which the service wants to know. */
  readonly now?: () => number;
}

const MICROSOFT = 'https://speech.platform.bing.com/consumer/speech/synthesize/readaloud';
const RATE = 24_000;
/** Bytes; the service takes a little more. */
const MAX_TEXT_BYTES = 4096;

/**
 * What Microsoft Edge reads pages aloud with: Opus and the times of words over a WebSocket, without a key. It is not
 * offered as a public service, so it may change or refuse at any time.
 */
export class EdgeTts implements TtsProvider {
  readonly id = 'edge';
  readonly emotions = EMOTIONS;
  readonly rate = RATE;
  readonly #options: EdgeTtsOptions;
  readonly #base: URL;
  readonly #connections: Connections;
  readonly #closed = new AbortController();
  #voices: Promise<readonly Voice[]> | undefined;

  constructor(options: EdgeTtsOptions) {
    const base = options.baseUrl ?? MICROSOFT;
    this.#options = options;
    this.#base = new URL(base.endsWith('/') ? base : `${base}/`);
    const { clock = systemClock, now = Date.now } = options;
    this.#connections = new Connections({ baseUrl: this.#base, clock, now });
  }

  /** Connections that wait for a text. */
  get idle(): number {
    return this.#connections.idle;
  }

  voices(): Promise<readonly Voice[]> {
    const { timeoutMs, clock } = this.#options;
    const timing = { signal: this.#closed.signal, timeoutMs, clock, toError };
    this.#voices ??= timed((signal) => this.#list(signal), timing).catch((error) => {
      this.#voices = undefined;
      throw error;
    });
    return raceAbort(this.#voices, this.#closed.signal);
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    options.signal.throwIfAborted();
    if (!isSpeakable(text)) return;
    if (Buffer.byteLength(text) > MAX_TEXT_BYTES)
      throw ProviderError.badRequest('tts', `${SERVER} is given at most ${MAX_TEXT_BYTES} bytes of text`);
    const { timeoutMs, clock } = this.#options;
    const timing = { signal: options.signal, timeoutMs, clock, server: SERVER, toError };
    yield* timedSpeech((signal) => this.#hear(text, options, signal), timing);
  }

  async close(): Promise<void> {
    this.#closed.abort(ProviderError.unavailable('tts', 'closed'));
    this.#connections.close();
  }

  /** Each word right before the audio in which it begins. */
  async *#hear(text: string, options: SpeakOptions, signal: AbortSignal): AsyncGenerator<SpeechChunk> {
    const turn = await this.#begin(ssmlFor(text, options), signal);
    const hangUp = (): void => turn.socket.terminate();
    signal.addEventListener('abort', hangUp, { once: true });
    const { opus } = this.#options;
    const { takesOpus } = options;
    let ms = 0;
    try {
      const packets = (onHead: Parameters<Parameters<typeof opusAudio>[0]['packets']>[0]): AsyncIterable<Uint8Array> =>
        demuxWebmOpus(turn.audio(), { signal, onHead });
      for await (const audio of opusAudio({ opus, rate: RATE, takesOpus, packets })) {
        ms += audioMs(audio, RATE);
        yield* turn.wordsBefore(ms);
        yield audio;
      }
      yield* turn.wordsBefore(Infinity);
    } finally {
      signal.removeEventListener('abort', hangUp);
      if (turn.ended) this.#connections.give(turn.socket);
      else hangUp();
    }
  }

  /** Asks for a text, on a new connection where one that had waited turns out to be dead. */
  async #begin(ssml: string, signal: AbortSignal): Promise<Turn> {
    for (;;) {
      const { socket, fresh } = await this.#connections.take(signal);
      const turn = new Turn(socket, signal);
      try {
        await turn.ask(ssml, new Date(this.#connections.now));
        return turn;
      } catch (error) {
        socket.terminate();
        if (fresh || signal.aborted) throw error;
      }
    }
  }

  async #list(signal: AbortSignal): Promise<readonly Voice[]> {
    const url = new URL('voices/list', this.#base);
    url.search = String(credentials(this.#connections.now));
    const response = await fetch(url, { headers: HEADERS, signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw httpFailure(SERVER, response.status);
    }
    return voicesIn(await response.json());
  }
}

/** One text on a connection. */
class Turn {
  readonly socket: WebSocket;
  readonly #id = newId();
  readonly #messages: AsyncGenerator<EdgeMessage>;
  readonly #words: TimedWord[] = [];
  #first: EdgeMessage | undefined;
  #ended = false;

  constructor(socket: WebSocket, signal: AbortSignal) {
    this.socket = socket;
    this.#messages = messagesOn(socket, signal);
  }

  /** The service has said all of it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Until the service says something. */
  async ask(ssml: string, at: Date): Promise<void> {
    const first = this.#messages.next();
    this.socket.send(speakMessage(this.#id, at, ssml));
    this.#first = (await first).value ?? undefined;
  }

  /** The bytes of a WebM file. */
  async *audio(): AsyncGenerator<Uint8Array> {
    if (this.#first) yield* this.#take(this.#first);
    while (!this.#ended) {
      const { value } = await this.#messages.next();
      if (value) yield* this.#take(value);
    }
    await this.#messages.return(undefined);
  }

  /** The words that begin before `ms`, once. */
  *wordsBefore(ms: number): Generator<SpeechChunk> {
    while (this.#words[0] && this.#words[0].atMs < ms) yield { kind: 'word', ...(this.#words.shift() as TimedWord) };
  }

  *#take(message: EdgeMessage): Generator<Uint8Array> {
    if (message.kind === 'other' || message.id !== this.#id) return;
    if (message.kind === 'end') this.#ended = true;
    else if (message.kind === 'words') this.#words.push(...message.words);
    else if (message.bytes.length > 0) yield message.bytes;
  }
}

const toError = (error: unknown): ProviderError => connectionFailure(SERVER, error);
