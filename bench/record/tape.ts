import { writeWav } from '@parley/agent/testing';

/** Hz of a tape. */
export const TAPE_RATE = 48_000;
const PACKET_SAMPLES = TAPE_RATE / 50;
const SAMPLES_A_MS = TAPE_RATE / 1000;

/** A packet of the agent's as it was placed on the tape. */
export interface PlacedPacket {
  /** Sample on the tape. */
  readonly start: number;
  /** It carries voice, not silence. */
  readonly voice: boolean;
  /** How late it came for a listener who waits `PLAYOUT_MS`, in ms; 0 where in time. */
  readonly lateMs: number;
}

/** A listener's constant delay: what comes later than this has missed its time, in ms. */
export const PLAYOUT_MS = 40;

interface Arrived {
  readonly pcm: Int16Array;
  readonly at: number;
  readonly timestamp: number;
  readonly voice: boolean;
}

/** What was said and heard, in real time: the caller as sent, the agent as played behind a constant delay. */
export class Tape {
  readonly #startedAt: number;
  readonly #sent: Int16Array[] = [];
  readonly #arrived: Arrived[] = [];
  #firstSentAt = 0;

  /** `startedAt`: the clock's ms of the first sample. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** The next 20 ms of the caller, who sends without a break. */
  addSent(pcm: Int16Array, at: number): void {
    if (this.#sent.length === 0) this.#firstSentAt = at;
    this.#sent.push(pcm);
  }

  addHeard(pcm: Int16Array, packet: { at: number; timestamp: number; voice: boolean }): void {
    const { at, timestamp, voice } = packet;
    this.#arrived.push({ pcm, at, timestamp, voice });
  }

  /** Ms of the clock to a sample on the tape, as sent. */
  sampleOf(at: number): number {
    return Math.round((at - this.#startedAt) * SAMPLES_A_MS);
  }

  /** Both tracks, equally long, and where the agent's packets lie. */
  develop(): { caller: Int16Array; agent: Int16Array; packets: PlacedPacket[] } {
    const packets = this.#place();
    const from = this.sampleOf(this.#firstSentAt);
    const end = Math.max(from + this.#sent.length * PACKET_SAMPLES, (packets.at(-1)?.start ?? 0) + PACKET_SAMPLES);
    const caller = new Int16Array(end);
    const agent = new Int16Array(end);
    for (const [i, pcm] of this.#sent.entries()) caller.set(pcm, from + i * PACKET_SAMPLES);
    for (const [i, { start }] of packets.entries()) agent.set(this.#arrived[i]?.pcm ?? [], start);
    return { caller, agent, packets };
  }

  /** By their timestamps, which run with wall time, from the promptest packet on. */
  #place(): PlacedPacket[] {
    const first = this.#arrived[0];
    if (!first) return [];
    const sinceFirst = ({ timestamp }: Arrived): number => ((timestamp - first.timestamp) >>> 0) / SAMPLES_A_MS;
    const base = Math.min(...this.#arrived.map((packet) => packet.at - sinceFirst(packet)));
    return this.#arrived.map((packet) => {
      const due = base + sinceFirst(packet) + PLAYOUT_MS;
      return { start: this.sampleOf(due), voice: packet.voice, lateMs: Math.max(0, packet.at - due) };
    });
  }
}

/** Two tracks of 16-bit PCM, equally long, as a stereo WAV file. */
export function writeStereo(path: URL, left: Int16Array, right: Int16Array, rate: number): void {
  const samples = new Int16Array(left.length * 2);
  for (let i = 0; i < left.length; i++) {
    samples[i * 2] = left[i] as number;
    samples[i * 2 + 1] = right[i] as number;
  }
  writeWav(path, { samples, rate }, 2);
}
