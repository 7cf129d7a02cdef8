import { HEARING_RATE } from '@parley/agent';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusEncoder, OpusLibrary } from '../../../agent/src/codec/index.ts';
import { WebRtcCaller } from '../../caller/web-rtc-caller.ts';
import { type SoundingWord, sinceEpoch } from '../timeline.ts';
import { LossPattern, Loudspeaker, Microphone, type Said, type SceneCaller, type TimedWord } from './replay.ts';

export interface GuestOptions {
  readonly url: string;
  readonly room: string;
  readonly library: OpusLibrary;
  readonly caller: SceneCaller;
  /** The longest that the call may last, in ms. */
  readonly lastsMs: number;
  readonly phaseMs: number;
  /** What sounds at the microphone. */
  readonly tell: (words: readonly SoundingWord[]) => void;
  /** A packet of the agent; `at`: clock's ms. Gives the words that begin in it, in ms of it. */
  readonly onPacket: (packet: { at: number; mediaAt: number; level: number }) => readonly TimedWord[];
}

const FRAME_MS = 20;
const UNITS_A_MS = 48;
/** Loudspeakers take this. */
const EAR_RATE = 24_000;
/** How long a player looks for the promptest packet, in packets. */
const SETTLING = 25;

/** A scene's caller in a real call: the scene's microphone, loudspeaker and line on WebRTC. */
export class Guest {
  readonly #options: GuestOptions;
  readonly #encoder: OpusEncoder;
  readonly #microphone: Microphone;
  readonly #loudspeaker: Loudspeaker | undefined;
  #frames = 0;
  /** Clock's ms at which the microphone's first sample sounded; by the promptest packet. */
  #startedAt = Number.POSITIVE_INFINITY;
  #firstTimestamp: number | undefined;
  #received = 0;
  /** From the agent's media to the microphone's, in ms. */
  #playAt = Number.POSITIVE_INFINITY;
  #rtc: WebRtcCaller | undefined;

  private constructor(options: GuestOptions) {
    const { caller, lastsMs, library } = options;
    this.#options = options;
    this.#encoder = library.encoder({ rate: HEARING_RATE, application: 'voip' });
    this.#microphone = new Microphone(caller, lastsMs);
    this.#loudspeaker = caller.echo && new Loudspeaker(caller.echo);
  }

  static async join(options: GuestOptions): Promise<Guest> {
    const { url, room, library, caller, phaseMs } = options;
    const guest = new Guest(options);
    const pattern = caller.loss && new LossPattern(caller.loss);
    guest.#rtc = await WebRtcCaller.join({
      url,
      room,
      library,
      phaseMs,
      ...(caller.name && { displayName: caller.name }),
      ...(pattern && { loses: () => pattern.next() }),
      voice: { silence: [] },
      source: () => guest.#packet(),
      earRate: EAR_RATE,
      onSent: (_, at) => {
        guest.#startedAt = Math.min(guest.#startedAt, at - guest.#frames * FRAME_MS);
      },
      onAudio: (pcm, packet) => guest.#hear(pcm, packet),
    });
    return guest;
  }

  get rtc(): WebRtcCaller {
    if (!this.#rtc) throw new TypeError('the caller has not joined');
    return this.#rtc;
  }

  /** Sounds from the next frame on; gives the clock's ms at which that begins. */
  sounds({ samples, words }: Said): number {
    const at = this.#frames * FRAME_MS;
    this.#microphone.addSound(samples, at);
    this.#tell(words, at);
    return this.#startedAt + at;
  }

  async leave(): Promise<void> {
    await this.#rtc?.leave();
    this.#encoder.close();
  }

  #packet(): Uint8Array {
    const frame = this.#microphone.frame(this.#frames * FRAME_MS);
    this.#frames++;
    return this.#encoder.encode(frame);
  }

  /** `at`: ms of the microphone's media. */
  #tell(words: readonly TimedWord[], at: number): void {
    const began = sinceEpoch(this.#startedAt + at);
    const sounding = words.map(({ text, from, to }) => ({ text, from: began + from, to: began + to }));
    if (sounding.length > 0) this.#options.tell(sounding);
  }

  #hear(pcm: Int16Array, { at, timestamp, level }: { at: number; timestamp: number; level: number }): void {
    this.#firstTimestamp ??= timestamp;
    const mediaAt = ((timestamp - this.#firstTimestamp) >>> 0) / UNITS_A_MS;
    const words = this.#options.onPacket({ at, mediaAt, level });
    if (!this.#loudspeaker) return;
    // The first packets may have been late: a player settles on the promptest.
    if (this.#received++ < SETTLING) this.#playAt = Math.min(this.#playAt, this.#frames * FRAME_MS - mediaAt);
    const backAt = this.#playAt + mediaAt + this.#loudspeaker.delayMs - FRAME_MS;
    this.#microphone.addSound(this.#loudspeaker.echo(pcm), backAt);
    this.#tell(words, backAt);
  }
}
