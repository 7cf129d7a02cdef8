import { HEARING_RATE } from '@parley/agent';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';
import type { Said } from '../caller/microphone.ts';
import { WebRtcCaller } from '../caller/web-rtc-caller.ts';
import type { SpokenPhrase } from './clips.ts';
import { EchoChannel, type EchoPathOptions } from './echo-channel.ts';
import { Mixer } from './mixer.ts';
import type { ReceivedPacket } from './received.ts';
import { languageTag, type SoundingWord, sinceEpoch, type Truth } from './timeline.ts';

export interface TurnsCallerOptions {
  readonly url: string;
  readonly library: OpusLibrary;
  /** Names the call to the recogniser: 2 to 8 letters and digits. */
  readonly call: string;
  readonly room: Int16Array;
  readonly phaseMs: number;
  readonly echo?: EchoPathOptions;
  /** Tells the recogniser what is said. */
  readonly tell: (truth: Truth) => void;
  /** Each packet of the agent as it comes. */
  readonly onPacket?: (packet: ReceivedPacket) => void;
}

/** A caller with a live microphone, who keeps all that was received and tells the recogniser what was said. */
export class TurnsCaller {
  readonly received: ReceivedPacket[] = [];
  readonly #options: TurnsCallerOptions;
  readonly #mixer: Mixer;
  #caller: WebRtcCaller | undefined;

  private constructor(options: TurnsCallerOptions, mixer: Mixer) {
    this.#options = options;
    this.#mixer = mixer;
  }

  static async join(options: TurnsCallerOptions): Promise<TurnsCaller> {
    const { library, url, call, room, phaseMs, onPacket } = options;
    const echo = options.echo && new EchoChannel(options.echo);
    const mixer = new Mixer(library, room, echo);
    const joined = new TurnsCaller(options, mixer);
    joined.#caller = await WebRtcCaller.join({
      url,
      library,
      phaseMs,
      voice: { silence: [] },
      source: () => mixer.packet(),
      earRate: HEARING_RATE,
      language: languageTag(call),
      onSent: (_, at) => mixer.sent(at),
      onAudio: (pcm, { at, timestamp, level }) => {
        const packet = { at, timestamp, level, pcm };
        joined.received.push(packet);
        echo?.receive(pcm, timestamp, mixer.frames);
        onPacket?.(packet);
      },
    });
    return joined;
  }

  get call(): string {
    return this.#options.call;
  }

  get rtc(): WebRtcCaller {
    if (!this.#caller) throw new TypeError('the caller has not joined');
    return this.#caller;
  }

  get notices(): WebRtcCaller['notices'] {
    return this.rtc.notices;
  }

  /** Says it from the next packet on; the recogniser will know its words. Resolves when it is over. */
  say({ samples, words }: SpokenPhrase): Promise<Said> {
    return this.#mixer.play(samples, (at) => {
      this.tell(words.map(({ text, from, to }) => ({ text, from: sinceEpoch(at + from), to: sinceEpoch(at + to) })));
    });
  }

  tell(words: readonly SoundingWord[]): void {
    if (words.length > 0) this.#options.tell({ call: this.call, words });
  }

  /** How late this process was with its own packets since the clock's ms `from`, in ms. */
  latenessSince(from: number): number {
    return this.rtc.microphone.latenessSince(from);
  }

  async leave(): Promise<void> {
    await this.#caller?.leave();
    this.#mixer.close();
  }
}
