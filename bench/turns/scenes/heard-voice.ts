import type { Spoken, VoiceFrame } from './replay.ts';

/** A packet of the agent as a caller got it. Times are ms of the scene. */
export interface VoicePacket {
  readonly at: number;
  /** RTP's, in ms from wherever. */
  readonly mediaAt: number;
  /** Of its end, in samples' RMS. */
  readonly level: number;
}

/** The agent told that a reply is over. */
export interface ReplyEnd {
  readonly at: number;
  readonly reply: number;
  readonly interrupted: boolean;
  /** Captions at the end. */
  readonly text: string;
}

/** Voice without a break. */
export interface HeardSpeech extends Spoken {
  readonly packets: readonly VoicePacket[];
  readonly end?: ReplyEnd;
}

const FRAME_MS = 20;
/** Softer packets of such a voice, by this share of its level, are the silence that the agent sends after it. */
const SILENT_SHARE = 0.07;
/** Softer packets carry nothing at all, in samples' RMS. */
export const NOTHING = 1;
/** How many packets of silence, or of a decoder that rings, come after each run of voice. */
const TAIL = 5;
/** A voice as loud as this share of its own level is in full: the codec takes some, a softened one has a quarter. */
const FULL_SHARE = 0.8;
/** A reply's last packet may come so long after its end, in ms; what follows without a break comes a frame later. */
const END_SLACK_MS = 15;

/** What a caller hears of the agent, told apart by the ends of its replies. */
export class HeardVoice {
  readonly #fullLevel: number | undefined;
  readonly #packets: VoicePacket[] = [];
  readonly #ends: ReplyEnd[] = [];
  /** From RTP's time to the scene's by the promptest packet, in ms. */
  #offset = Number.POSITIVE_INFINITY;
  #speeches: HeardSpeech[] | undefined;
  #current: number | undefined;

  /** `fullLevel`: of a voice that is always equally loud; absent where softer cannot be told. */
  constructor(fullLevel?: number) {
    this.#fullLevel = fullLevel;
  }

  receive(packet: VoicePacket): void {
    this.#offset = Math.min(this.#offset, packet.at - packet.mediaAt);
    if (packet.level < NOTHING) return;
    if (this.#fullLevel && packet.level < SILENT_SHARE * this.#fullLevel) return;
    this.#packets.push(packet);
    this.#speeches = undefined;
  }

  /** Captions of a reply that goes on. */
  caption(reply: number): void {
    this.#current = reply;
    this.#speeches = undefined;
  }

  ended(end: ReplyEnd): void {
    this.#ends.push(end);
    this.#speeches = undefined;
  }

  /** Everything that was heard, in order. What is said between replies counts as the beginning of the next one. */
  get speeches(): readonly HeardSpeech[] {
    return (this.#speeches ??= this.#tellApart());
  }

  /** Each 20 ms from the first packet with voice to `until`, ms of the scene. */
  frames(until: number): VoiceFrame[] {
    const frames: VoiceFrame[] = [];
    let last: { packet: VoicePacket; spoken: HeardSpeech } | undefined;
    for (const spoken of this.speeches) {
      for (const packet of spoken.packets) {
        const gapMs = last ? packet.mediaAt - last.packet.mediaAt : 0;
        for (let ms = FRAME_MS; last && ms < gapMs; ms += FRAME_MS) {
          frames.push({ at: last.packet.at + ms, spoken: undefined, gain: 0, held: last.spoken === spoken });
        }
        frames.push({ at: packet.at, spoken, gain: this.#gain(packet), held: false });
        last = { packet, spoken };
      }
    }
    for (let at = (last?.packet.at ?? 0) + FRAME_MS; at < until; at += FRAME_MS) {
      frames.push({ at, spoken: undefined, gain: 0, held: false });
    }
    return frames;
  }

  #gain({ level }: VoicePacket): number {
    const share = level / (this.#fullLevel ?? level);
    return share >= FULL_SHARE ? 1 : share;
  }

  #tellApart(): HeardSpeech[] {
    const ends = this.#ends.toSorted((a, b) => a.at - b.at);
    const bySlot = new Map<number, VoicePacket[]>();
    let last = Number.NEGATIVE_INFINITY;
    for (const packet of this.#fullLevel ? this.#packets : withoutTails(this.#packets)) {
      // Not by its arrival: this process may have been late to look.
      const cameAt = packet.mediaAt + this.#offset;
      const slackMs = packet.mediaAt - last > FRAME_MS ? 0 : END_SLACK_MS;
      const slot = ends.filter(({ at }) => at < cameAt - slackMs).length;
      bySlot.set(slot, [...(bySlot.get(slot) ?? []), packet]);
      last = packet.mediaAt;
    }
    return [...bySlot].map(([slot, packets]) => this.#speech(packets, ends[slot]));
  }

  #speech(packets: VoicePacket[], end: ReplyEnd | undefined): HeardSpeech {
    const startedAt = packets[0]?.at ?? 0;
    const lastAt = (packets.at(-1)?.at ?? 0) + FRAME_MS;
    if (!end) return { packets, startedAt, lastAt, cut: false, reply: this.#current };
    const endedAt = Math.max(end.at, lastAt);
    return { packets, startedAt, lastAt, endedAt, cut: end.interrupted, reply: end.reply, end };
  }
}

/** Of a voice that may be as soft as what is sent after it: that is known by its place. */
function withoutTails(packets: readonly VoicePacket[]): VoicePacket[] {
  return packets.filter(({ mediaAt }, i) => {
    const next = packets[i + TAIL];
    return next !== undefined && next.mediaAt - mediaAt <= TAIL * FRAME_MS;
  });
}

/** Runs of voice that follow each other without a break. */
export const runsIn = ({ packets }: HeardSpeech): number =>
  packets.filter(({ mediaAt }, i) => mediaAt - (packets[i - 1]?.mediaAt ?? Number.NEGATIVE_INFINITY) > FRAME_MS).length;
