import { rms } from '@parley/agent/testing';
import type { RtpPacket } from 'werift';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusDecoder } from '../../agent/src/codec/index.ts';

/** A packet of the agent's voice as the caller got it. */
export interface Heard {
  /** Clock's ms of its arrival. */
  readonly at: number;
  readonly sequence: number;
  /** RTP, 48 kHz. */
  readonly timestamp: number;
  /** It ends in voice, not in silence. */
  readonly voice: boolean;
  /** Of its end, in samples' RMS. */
  readonly level: number;
}

export interface EarpieceOptions {
  readonly decoder: Pick<OpusDecoder, 'rate' | 'close'> & { decode(payload: Uint8Array): Int16Array };
  readonly onAudio?: (pcm: Int16Array, heard: Heard) => void;
}

/** What is softer than this is silence: -40 dB of full scale. */
const VOICE_LEVEL = 328;
/**
 * A packet is judged by its end, in ms: Opus delays by 6.5 ms and a cut voice fades for 5, so the first packet of
 * silence still begins with voice that the packet before has carried.
 */
const JUDGED_MS = 8;
const UNITS_A_MS = 48;
/** Packets further apart than this belong to two runs, in ms. */
const BREAK_MS = 100;

/** Hears the agent: which packets carry voice, and when they came. */
export class Earpiece {
  readonly heard: Heard[] = [];
  readonly #options: EarpieceOptions;
  readonly #waiting = new Set<(heard: Heard) => void>();

  constructor(options: EarpieceOptions) {
    this.#options = options;
  }

  receive({ header, payload }: RtpPacket, at: number): void {
    if (payload.length === 0) return;
    const { decoder, onAudio } = this.#options;
    const pcm = decoder.decode(payload);
    const level = rms(pcm, pcm.length - (decoder.rate * JUDGED_MS) / 1000);
    const heard = {
      at,
      sequence: header.sequenceNumber,
      timestamp: header.timestamp,
      voice: level > VOICE_LEVEL,
      level,
    };
    this.heard.push(heard);
    onAudio?.(pcm, heard);
    for (const tell of this.#waiting) tell(heard);
  }

  /** The first packet with voice that came, or comes, after the clock's ms `after`. */
  voiceAfter(after: number): Promise<Heard> {
    const found = this.heard.findLast(({ at }) => at <= after);
    const later = this.heard.slice(found ? this.heard.indexOf(found) + 1 : 0).find(({ voice }) => voice);
    if (later) return Promise.resolve(later);
    return new Promise((resolve) => {
      const tell = (heard: Heard): void => {
        if (!heard.voice || heard.at <= after) return;
        this.#waiting.delete(tell);
        resolve(heard);
      };
      this.#waiting.add(tell);
    });
  }

  /** The packets with voice between two times. */
  voiceBetween(from: number, to: number): Heard[] {
    return this.heard.filter(({ at, voice }) => voice && at > from && at < to);
  }

  /** How much later than the promptest packet of the same run of packets each one came, by its timestamp, in ms. */
  lateness(): number[] {
    const late: number[] = [];
    for (const run of runs(this.heard)) {
      const transits = run.map(({ at, timestamp }) => at - ((timestamp - run[0]!.timestamp) >>> 0) / UNITS_A_MS);
      const least = Math.min(...transits);
      late.push(...transits.map((transit) => transit - least));
    }
    return late;
  }

  close(): void {
    this.#options.decoder.close();
  }
}

/** Packets without a break between them. */
function runs(heard: readonly Heard[]): Heard[][] {
  const found: Heard[][] = [];
  for (const packet of heard) {
    const run = found.at(-1);
    const gap = run ? (packet.timestamp - (run.at(-1) as Heard).timestamp) >>> 0 : 0;
    if (run && gap <= BREAK_MS * UNITS_A_MS) run.push(packet);
    else found.push([packet]);
  }
  return found;
}
