// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../agent/src/codec/index.ts';
import type { Said } from '../caller/microphone.ts';
import type { Utterance, Voice } from '../caller/voice.ts';
import { WebRtcCaller } from '../caller/web-rtc-caller.ts';
import type { Beat } from './beat.ts';
import { Flow } from './flow.ts';
import type { LoadCaller } from './load-caller.ts';

export interface EncryptedCallerOptions {
  readonly url: string;
  readonly beat: Beat;
  readonly library: OpusLibrary;
  readonly voice: Pick<Voice, 'silence'>;
}

const FRAME_MS = 20;

/** A caller as browsers are: ICE, DTLS, SRTP. */
export class EncryptedCaller implements LoadCaller {
  readonly flow: Flow;
  readonly #caller: WebRtcCaller;

  private constructor(caller: WebRtcCaller, flow: Flow) {
    this.#caller = caller;
    this.flow = flow;
  }

  static async join({ url, beat, library, voice }: EncryptedCallerOptions): Promise<EncryptedCaller> {
    const flow = new Flow((at) => beat.worstStop(at - 100, at) > 0);
    const caller = await WebRtcCaller.join({
      url,
      library,
      voice,
      phaseMs: Math.random() * FRAME_MS,
      earRate: 16_000,
      onAudio: (_, { at, sequence, timestamp }) => flow.receive(at, sequence, timestamp),
    });
    return new EncryptedCaller(caller, flow);
  }

  get problems(): readonly string[] {
    return this.#caller.notices.problems;
  }

  say(utterance: Utterance): Promise<Said> {
    const { earpiece, microphone, notices } = this.#caller;
    // What these keep serves other suites, whose calls are short.
    earpiece.heard.length = 0;
    microphone.lateness.length = 0;
    notices.log.length = 0;
    return microphone.say(utterance);
  }

  async voiceAfter(after: number): Promise<number> {
    return (await this.#caller.earpiece.voiceAfter(after)).at;
  }

  voiceBetween(from: number, to: number): number[] {
    return this.#caller.earpiece.voiceBetween(from, to).map(({ at }) => at);
  }

  type(text: string): Promise<void> {
    return this.#caller.type(text);
  }

  async leave(gently = true): Promise<void> {
    if (!gently) this.#caller.signaling.close();
    await this.#caller.leave();
  }
}
