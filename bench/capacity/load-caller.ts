import type { Said } from '../caller/microphone.ts';
import type { Utterance } from '../caller/voice.ts';
import type { Flow } from './flow.ts';

/** A caller who adds load and hears what comes of it, whichever way the packets go. Times are the clock's ms. */
export interface LoadCaller {
  readonly flow: Flow;
  /** What went wrong, as the server told it. */
  readonly problems: readonly string[];
  /** Resolves when the last packet with speech has left; what is heard from its beginning on is judged. */
  say(utterance: Utterance): Promise<Said>;
  /** The first packet with voice that comes after `after`. */
  voiceAfter(after: number): Promise<number>;
  /** Packets with voice between two times, of those judged. */
  voiceBetween(from: number, to: number): number[];
  type(text: string): Promise<void>;
  /** Drops the connection without a word where it is not `gently`. */
  leave(gently?: boolean): Promise<void>;
}
