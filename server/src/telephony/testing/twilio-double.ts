import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../observe/index.ts';
import { encodeG711, G711_RATE } from '../../rooms/index.ts';
import { signatureOf } from '../signature.ts';

const FRAME_MS = 20;
const FRAME_SAMPLES = (G711_RATE * FRAME_MS) / 1000;
const SILENCE = new Int16Array(FRAME_SAMPLES);

export interface TwilioDoubleOptions {
  /** http://... of the server. */
  readonly url: string;
  readonly authToken: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** How much it keeps in hand of what it plays, in ms. */
  readonly bufferMs?: number;
  readonly clock?: Clock;
}

/** What the server has sent. `at`: clock's ms at which it came. */
export interface FromServer {
  readonly at: number;
  readonly event: 'media' | 'mark' | 'clear';
  readonly streamSid: string;
  readonly media?: { readonly payload: string };
  readonly mark?: { readonly name: string };
}

/** When something was said, in the clock's ms: its first and its last frame. */
export interface Said {
  readonly fromAt: number;
  readonly toAt: number;
}

interface Mark {
  readonly name: string;
  readonly cancel: () => void;
}

/**
 * Twilio's end of a stream, as its documentation has it: a frame of mu-law each 20 ms, whether somebody speaks or not;
 * what comes is played one after another, marks come back when they are reached, and all at once when it is cleared.
 */
export class TwilioDouble {
  readonly got: FromServer[] = [];
  readonly streamSid = 'MZ00000000000000000000000000000001';
  readonly callSid = 'CA00000000000000000000000000000001';
  readonly socket: WebSocket;
  readonly #clock: Clock;
  readonly #options: TwilioDoubleOptions;
  readonly #waiting = new Set<() => void>();
  #marks: readonly Mark[] = [];
  /** Clock's ms at which what is in hand has been played. */
  #playedAt = 0;
  #heardMs = 0;
  #speech: Int16Array[] = [];
  #said: { fromAt?: number; readonly done: (said: Said) => void } | undefined;
  #sequence = 0;
  #hush: (() => void) | undefined;

  constructor(options: TwilioDoubleOptions) {
    const { url, authToken, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    const address = `${url.replace('http', 'ws')}/v1/telephony/twilio`;
    const signed = `wss://${new URL(url).host}/v1/telephony/twilio`;
    this.socket = new WebSocket(address, { headers: { 'x-twilio-signature': signatureOf(authToken, signed) } });
    this.socket.on('message', (data) => this.#receive(String(data)));
    this.socket.on('close', () => this.#hush?.());
  }

  /** A call whose stream has started and whose line is open. */
  static async call(options: TwilioDoubleOptions): Promise<TwilioDouble> {
    const double = new TwilioDouble(options);
    await once(double.socket, 'open');
    double.start();
    double.listen();
    return double;
  }

  start(): void {
    this.send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    const { streamSid, callSid } = this;
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    const customParameters = this.#options.parameters ?? {};
    const start = { streamSid, accountSid: 'AC1', callSid, tracks: ['inbound'], mediaFormat, customParameters };
    this.send({ event: 'start', sequenceNumber: '1', streamSid, start });
  }

  send(message: object): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** The telephone's microphone is on from now. */
  listen(): void {
    let due = this.#clock.now();
    const tick = (): void => {
      this.#sendFrame();
      due += FRAME_MS;
      this.#hush = this.#clock.after(Math.max(0, due - this.#clock.now()), tick);
    };
    tick();
  }

  /** Mono at 8 kHz. Resolves when its last frame was sent. */
  say(samples: Int16Array): Promise<Said> {
    for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(samples.subarray(at, at + FRAME_SAMPLES));
      this.#speech.push(frame);
    }
    const { promise, resolve } = Promise.withResolvers<Said>();
    this.#said = { done: resolve };
    return promise;
  }

  /** Nothing is played for so long, in ms. */
  stall(ms: number): void {
    this.#playedAt = Math.max(this.#playedAt, this.#clock.now()) + ms;
  }

  press(digit: string): void {
    this.send({ event: 'dtmf', streamSid: this.streamSid, dtmf: { track: 'inbound_track', digit } });
  }

  hangUp(): void {
    this.send({ event: 'stop', streamSid: this.streamSid, stop: { accountSid: 'AC1', callSid: this.callSid } });
  }

  /** How much of the agent's voice the caller has heard, in ms. */
  get heardMs(): number {
    return this.#heardMs - Math.max(0, this.#playedAt - this.#clock.now());
  }

  of(event: FromServer['event']): FromServer[] {
    return this.got.filter((each) => each.event === event);
  }

  /** The `count`th of a kind, past or to come. */
  async until(event: FromServer['event'], count = 1): Promise<FromServer> {
    for (;;) {
      const found = this.of(event)[count - 1];
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves when the agent has said something, and then nothing for `ms`. */
  async quiet(ms = 300): Promise<void> {
    for (let count = -1; count !== this.got.length; ) {
      if (this.got.length === 0) await this.until('media');
      count = this.got.length;
      await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
    }
  }

  /** Resolves with code and reason. */
  async closed(): Promise<{ code: number; reason: string }> {
    const [code, reason] = (await once(this.socket, 'close')) as [number, Buffer];
    return { code, reason: String(reason) };
  }

  #sendFrame(): void {
    const speech = this.#speech.shift();
    const now = this.#clock.now();
    if (this.#said) this.#said.fromAt ??= now;
    const payload = Buffer.from(encodeG711(speech ?? SILENCE, 'ulaw')).toString('base64');
    const chunk = String(++this.#sequence);
    const timestamp = String(this.#sequence * FRAME_MS);
    this.send({ event: 'media', streamSid: this.streamSid, media: { track: 'inbound', chunk, timestamp, payload } });
    if (this.#speech.length > 0 || !this.#said) return;
    this.#said.done({ fromAt: this.#said.fromAt ?? now, toAt: now });
    this.#said = undefined;
  }

  #receive(text: string): void {
    const message = { ...(JSON.parse(text) as FromServer), at: this.#clock.now() };
    this.got.push(message);
    if (message.media) this.#play(Buffer.from(message.media.payload, 'base64').length);
    if (message.mark) this.#mark(message.mark.name);
    if (message.event === 'clear') this.#clear();
    for (const resolve of [...this.#waiting]) resolve();
    this.#waiting.clear();
  }

  #play(samples: number): void {
    const now = this.#clock.now();
    const ms = (samples * 1000) / G711_RATE;
    const from = this.#playedAt > now ? this.#playedAt : now + (this.#options.bufferMs ?? 0);
    this.#playedAt = from + ms;
    this.#heardMs += ms;
  }

  #mark(name: string): void {
    const cancel = this.#clock.after(Math.max(0, this.#playedAt - this.#clock.now()), () => {
      this.#marks = this.#marks.filter((each) => each.name !== name);
      this.#giveBack(name);
    });
    this.#marks = [...this.#marks, { name, cancel }];
  }

  #clear(): void {
    this.#heardMs = this.heardMs;
    this.#playedAt = this.#clock.now();
    for (const { name, cancel } of this.#marks) {
      cancel();
      this.#giveBack(name);
    }
    this.#marks = [];
  }

  #giveBack(name: string): void {
    this.send({ event: 'mark', streamSid: this.streamSid, mark: { name } });
  }
}
