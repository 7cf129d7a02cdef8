import type { TurnFigures } from '@parley/signaling';

/** In the order in which they happen. */
export const STAGES = ['endpointing', 'asr_final', 'llm_first_token', 'tts_first_audio', 'first_packet'] as const;
export type Stage = (typeof STAGES)[number];

export interface Bar {
  readonly stage: Stage;
  /** When it began after the last sample of speech, ms. */
  readonly startMs: number;
  readonly durationMs: number;
}

export interface Waterfall {
  readonly bars: readonly Bar[];
  /** From the last sample of speech, or the typed message, to the first packet of the answer, ms. */
  readonly totalMs: number;
  /** Whether it began with a voice. */
  readonly spoken: boolean;
}

/**
 * Places a turn's stages on one time line. Noticing the end and the transcript run side by side from the end of
 * speech; the model starts after both, or earlier where it speculated; voice and packet end with the total.
 */
export function layOut(figures: TurnFigures): Waterfall {
  const { endpointing = 0, asr_final = 0, llm_first_token = 0, tts_first_audio = 0, first_packet = 0 } = figures;
  const heardMs = Math.max(endpointing, asr_final);
  const modelMs = Math.max(0, heardMs - (figures.speculation_saved ?? 0));
  const chainMs = modelMs + llm_first_token + tts_first_audio + first_packet;
  const totalMs = figures.voice_to_voice ?? Math.max(heardMs, chainMs);
  const packetMs = totalMs - first_packet;
  const starts: Record<Stage, number> = {
    endpointing: 0,
    asr_final: 0,
    llm_first_token: modelMs,
    // The model finishes its first clause before the voice begins: a gap may stand between them.
    tts_first_audio: Math.max(modelMs + llm_first_token, packetMs - tts_first_audio),
    first_packet: packetMs,
  };
  const bars = STAGES.filter((stage) => figures[stage] !== undefined).map((stage) => {
    const startMs = clamp(starts[stage], totalMs);
    return { stage, startMs, durationMs: clamp(figures[stage] ?? 0, totalMs - startMs) };
  });
  return { bars, totalMs, spoken: figures.voice_to_voice !== undefined };
}

const clamp = (ms: number, most: number): number => Math.min(Math.max(0, ms), Math.max(0, most));

/** Turns kept; older ones go. */
export const MOST_TURNS = 8;

export interface Turn {
  readonly key: string;
  readonly turn: number;
  readonly figures: TurnFigures;
}

/** Figures of one turn come in parts: an interruption is known later. */
export function addFigures(turns: readonly Turn[], { key, turn, figures }: Turn): readonly Turn[] {
  const at = turns.findIndex((each) => each.key === key);
  if (at < 0) return [...turns, { key, turn, figures }].slice(-MOST_TURNS);
  return turns.with(at, { key, turn, figures: { ...turns[at]!.figures, ...figures } });
}
