import { randomInt } from 'node:crypto';
import { FRAME_MS } from '@parley/agent';
import type { OutgoingPacket } from './media-path.ts';
import { isSent, type Utterance } from './voice.ts';

export interface MicrophoneOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly silence: readonly Uint8Array[];
  /** Makes each packet while no sentence is being said, in place of `silence`. */
  readonly source?: () => Uint8Array;
  /** Where in the 20 ms raster of this process's clock packets leave, in ms: callers must not all beat as one. */
  readonly phaseMs: number;
  readonly send: (packet: OutgoingPacket) => void;
  readonly onSent?: (payload: Uint8Array, at: number) => void;
}

/** When a sentence left, in this process's clock's ms. */
export interface Said {
  readonly onsetAt: number;
  readonly lastSpeechAt: number;
}

interface Saying {
  readonly utterance: Utterance;
  readonly done: PromiseWithResolvers<Said>;
  next: number;
  onsetAt: number;
}

const UNITS_A_FRAME = 960;

/** A packet each 20 ms on absolute deadlines, but for those of DTX: what is being said, room noise otherwise. */
export class Microphone {
  /** How much later than due each packet left, in ms. */
  readonly lateness: number[] = [];
  readonly #options: MicrophoneOptions;
  #due: number;
  #count = 0;
  #sequence = randomInt(0x10000);
  readonly #firstTimestamp = randomInt(0x100000000);
  #saying: Saying | undefined;
  #paused = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MicrophoneOptions) {
    this.#options = options;
    this.#due = Math.ceil(performance.now() / FRAME_MS) * FRAME_MS + options.phaseMs;
  }

  start(): void {
    this.#arm();
  }

  /** How late the latest of the packets since the clock's ms `from` left, in ms. */
  latenessSince(from: number): number {
    const packets = Math.ceil((performance.now() - from) / FRAME_MS) + 1;
    return Math.max(...this.lateness.slice(-packets));
  }

  /** Resolves when the last packet with speech has left. One sentence at a time; the silence after one may be cut. */
  say(utterance: Utterance): Promise<Said> {
    if (this.#saying && this.#saying.next <= this.#saying.utterance.last)
      throw new TypeError('a sentence is being said');
    this.#saying = { utterance, done: Promise.withResolvers(), next: 0, onsetAt: 0 };
    return this.#saying.done.promise;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#saying?.done.reject(new Error('the microphone was stopped'));
    this.#saying = undefined;
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#due - performance.now()));
  }

  #tick(): void {
    while (this.#due <= performance.now()) {
      this.#sendNext();
      this.#due += FRAME_MS;
    }
    this.#arm();
  }

  #sendNext(): void {
    const { ssrc, payloadType, silence, source, send, onSent } = this.#options;
    const saying = this.#saying;
    const index = saying ? saying.next++ : this.#count % silence.length;
    const made = saying ? saying.utterance.packets[index] : (source?.() ?? silence[index]);
    const payload = made as Uint8Array;
    const at = performance.now();
    const timestamp = (this.#firstTimestamp + this.#count * UNITS_A_FRAME) % 2 ** 32;
    if (isSent(payload)) {
      send({ payload, payloadType, ssrc, sequence: this.#sequence, timestamp, marker: this.#paused });
      this.#sequence = (this.#sequence + 1) & 0xffff;
    }
    this.#paused = !isSent(payload);
    this.lateness.push(at - this.#due);
    this.#count++;
    onSent?.(payload, at);
    if (saying) this.#note(saying, index, at);
  }

  #note(saying: Saying, index: number, at: number): void {
    const { utterance, done } = saying;
    if (index === utterance.first) saying.onsetAt = at;
    if (index === utterance.last) done.resolve({ onsetAt: saying.onsetAt, lastSpeechAt: at });
    if (index === utterance.packets.length - 1) this.#saying = undefined;
  }
}
