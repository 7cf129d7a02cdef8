import type { TurnFigures } from '../contracts/index.ts';
import type { ReplyTimes } from '../reply/index.ts';

/** When a turn was heard, in clock's ms. */
export interface HeardTimes {
  /** The last sample of speech arrived. */
  readonly speechEndAt: number;
  /** The last words were known; undefined where they were not waited for. */
  readonly asrFinalAt?: number;
  /** The turn was judged complete. */
  readonly completeAt: number;
}

const between = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : Math.max(0, to - from);

const latest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? a : Math.max(a, b);

/** A turn's latency by stage. Typed turns were not heard. `adoptedAt`: a guess that came true did so then. */
export function turnFigures(heard: HeardTimes | undefined, reply: ReplyTimes, adoptedAt?: number): TurnFigures {
  const readyAt = adoptedAt === undefined ? undefined : Math.min(adoptedAt, reply.firstAudioAt ?? adoptedAt);
  const figures = {
    endpointing: between(heard?.speechEndAt, heard?.completeAt),
    asr_final: between(heard?.speechEndAt, heard?.asrFinalAt),
    llm_first_token: between(reply.startedAt, reply.firstTokenAt),
    tts_first_audio: between(reply.firstClauseAt, reply.firstAudioAt),
    first_packet: between(latest(reply.firstAudioAt, adoptedAt), reply.firstPacketAt),
    voice_to_voice: between(heard?.speechEndAt, reply.firstPacketAt),
    speculation_saved: between(readyAt && reply.startedAt, readyAt),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}
