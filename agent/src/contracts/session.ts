import type { Prosody } from './providers.ts';

/** Where a session's own UDP socket listens. */
export interface RtpAddress {
  readonly ip: string;
  readonly port: number;
}

/** How the agent sends its voice into the room. */
export interface MouthRtp {
  readonly remote: RtpAddress;
  readonly ssrc: number;
  readonly payloadType: number;
}

/** A caller's audio as it arrives at the session's socket: told apart by SSRC. */
export interface EarRtp {
  readonly callerId: string;
  readonly ssrc: number;
  readonly payloadType: number;
}

/** How one conversation goes. Defaults live in the server's config schema. */
export interface SessionSettings {
  readonly instructions: string;
  /** Spoken when the first caller can hear; empty for none, absent for the LLM's own opening or a word of welcome. */
  readonly greeting?: string;
  /** BCP 47, or absent to let the engines find out. */
  readonly language?: string;
  readonly prosody: Prosody;
  /** Budget of the history given to the LLM, in tokens. */
  readonly contextTokens: number;
  readonly turnPreset: TurnPreset;
  /** A fixed silence that ends each turn, in ms, in place of what the preset makes of words and speaker. */
  readonly endpointingMs?: number;
  /** Speech over the agent of this length takes the floor whatever it says, in ms, in place of the preset's verdict. */
  readonly interruptionMs?: number;
  /** Prepare answers before the turn is over; costs tokens when the guess was wrong. */
  readonly speculation: boolean;
}

/** How patient the agent is; the knobs are in docs/turn-taking.md. */
export const TURN_PRESETS = ['patient', 'balanced', 'quick'] as const;
export type TurnPreset = (typeof TURN_PRESETS)[number];
