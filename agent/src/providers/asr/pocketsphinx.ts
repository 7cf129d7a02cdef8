import type { Socket } from 'node:net';
import {
  type AsrOptions,
  type AsrProvider,
  HEARING_RATE,
  type PcmFrame,
  ProviderError,
  type Transcript,
} from '../../contracts/index.ts';
import { abortable, Channel, type Clock, raceAbort, systemClock } from '../../kernel/index.ts';
import { primaryLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import { PsServer, type PsServerOptions, parseLine } from './ps-server.ts';

export interface PocketSphinxOptions extends PsServerOptions {
  /** ms from the end of the audio to the final text before the utterance counts as failed. */
  readonly timeoutMs: number;
}

/** The worker refuses longer frames. */
const MAX_FRAME_BYTES = 64 * 1024;
/** A line holds at most 8 KiB of text, each byte of it escaped at worst. */
const MAX_LINE_CHARS = 64 * 1024;
/** Partials that nobody has read yet; the oldest is worth least. */
const MAX_WAITING = 32;

/** Lite recognition: PocketSphinx, English only, partials each 200 ms. About one word in four is wrong on free speech. */
export class PocketSphinxAsr implements AsrProvider {
  readonly id = 'pocketsphinx';
  readonly partials = true;
  readonly #server: PsServer;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #log: Log;

  private constructor(server: PsServer, options: PocketSphinxOptions) {
    this.#server = server;
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? (() => {});
  }

  /** Resolves when the model is loaded (about half a second). Throws ProviderError where it cannot be. */
  static async load(options: PocketSphinxOptions, signal: AbortSignal): Promise<PocketSphinxAsr> {
    return new PocketSphinxAsr(await PsServer.start(options, signal), options);
  }

  /** Of the watched process. */
  get pid(): number | undefined {
    return this.#server.pid;
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, { signal, language }: AsrOptions): AsyncGenerator<Transcript> {
    signal.throwIfAborted();
    if (language !== undefined && primaryLanguage(language) !== 'en') {
      throw ProviderError.unsupported(
        'asr',
        `PocketSphinx understands English only, not "${language}": connect another recogniser (docs/engines.md)`,
      );
    }
    const socket = await this.#server.connect(signal);
    const utterance = new Utterance(socket);
    let cancelTimeout = (): void => {};
    void utterance.send(audio, signal).then(
      () => {
        cancelTimeout = this.#clock.after(this.#timeoutMs, () =>
          utterance.heard.fail(
            ProviderError.timeout('asr', `PocketSphinx gave no final text in ${this.#timeoutMs} ms`),
          ),
        );
      },
      (error) => utterance.heard.fail(error),
    );
    try {
      for await (const { truncated, ...transcript } of abortable(utterance.heard, signal)) {
        if (truncated) this.#log('warn', 'an utterance was longer than PocketSphinx takes: its end was not recognised');
        yield transcript;
        if (transcript.kind === 'final') return;
      }
    } finally {
      cancelTimeout();
      utterance.close();
    }
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

interface Heard extends Transcript {
  readonly truncated?: boolean;
}

/** One connection: frames out, lines in. */
class Utterance {
  readonly heard = new Channel<Heard>({ capacity: MAX_WAITING, overflow: 'drop-oldest' });
  readonly #socket: Socket;
  #line = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text) => this.#take(String(text)));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.heard.fail(stopped()));
  }

  /** Resolves when all audio and the end mark are written. Waits while the recogniser is behind. */
  async send(audio: AsyncIterable<PcmFrame>, signal: AbortSignal): Promise<void> {
    for await (const { samples, rate } of abortable(audio, signal)) {
      if (rate !== HEARING_RATE)
        throw ProviderError.unsupported('asr', `PocketSphinx hears at ${HEARING_RATE} Hz, not ${rate}`);
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
        await this.#write('A', bytes.subarray(at, at + MAX_FRAME_BYTES), signal);
      }
    }
    await this.#write('E', new Uint8Array(0), signal);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #write(type: 'A' | 'E', payload: Uint8Array, signal: AbortSignal): Promise<void> {
    const frame = Buffer.allocUnsafe(5 + payload.length);
    frame.write(type, 0, 'latin1');
    frame.writeUInt32LE(payload.length, 1);
    frame.set(payload, 5);
    if (this.#socket.destroyed) throw stopped(); // nobody listens: let go of the audio
    if (this.#socket.write(frame)) return;
    await raceAbort(drained(this.#socket), signal);
  }

  #take(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    if (this.#line.length > MAX_LINE_CHARS) this.#socket.destroy();
    for (const line of lines) this.#say(parseLine(line));
  }

  #say(said: Record<string, unknown>): void {
    const text = typeof said.text === 'string' ? plainWords(said.text) : '';
    if (said.t === 'partial') this.heard.push({ kind: 'partial', text, language: 'en' });
    else if (said.t === 'final')
      this.heard.push({ kind: 'final', text, language: 'en', truncated: said.truncated === true });
    else this.heard.fail(ProviderError.unavailable('asr', `PocketSphinx: ${said.message ?? 'not understood'}`));
  }
}

/** Without the dictionary's marks: `read(2)`, `<sil>`, `[NOISE]`. */
const plainWords = (text: string): string =>
  text
    .split(' ')
    .filter((word) => word !== '' && !/^[<[]/.test(word))
    .map((word) => word.replace(/\(\d+\)$/, ''))
    .join(' ');

const stopped = (): ProviderError => ProviderError.unavailable('asr', 'PocketSphinx stopped in mid-utterance');

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
