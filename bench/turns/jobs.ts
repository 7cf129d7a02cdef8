import type { EchoPathOptions } from './echo-channel.ts';
import type { Room } from './room-noise.ts';
import type { Truth } from './timeline.ts';

/** One of the servers that calls are placed to. */
export interface ServerUnderTest {
  readonly name: string;
  readonly url: string;
}

interface JobBase {
  readonly servers: readonly ServerUnderTest[];
  readonly seed: number;
}

/** What the callers' process is to do: calls of one kind, all at the same time. */
export type Job =
  /** One call for each server and room. Turns are answered, with pauses inside. */
  | (JobBase & { readonly kind: 'endings'; readonly rooms: readonly Room[]; readonly turns: number })
  /** One call for each room: over the agent's voice comes something that is none, then a real interruption. */
  | (JobBase & { readonly kind: 'overlaps'; readonly rooms: readonly Room[]; readonly pairs: number })
  /** One call for each path; `replies` each. */
  | (JobBase & { readonly kind: 'echoes'; readonly paths: readonly EchoPathOptions[]; readonly replies: number });

/** Of each trial. */
export interface TrialBase {
  readonly server: string;
  readonly call: string;
  /** Ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** The longest that the callers' process stood still meanwhile, in ms. */
  readonly ownLateness: number;
  /** What the server told meanwhile. */
  readonly told: readonly string[];
  readonly failure?: string;
}

export interface EndingTrial extends TrialBase {
  readonly kind: 'ending';
  readonly room: Room;
  readonly turn: string;
  readonly pauses: number;
  /** The agent began before the turn was over, so many ms after its onset. */
  readonly cutAfter?: number;
  /** Last packet with speech sent -> first packet with voice received, in ms; absent where it was cut. */
  readonly endDelay?: number;
  readonly savedMs?: number;
}

export interface OverlapTrial extends TrialBase {
  readonly kind: 'false' | 'interruption';
  readonly room: Room;
  readonly sound: string;
  readonly soundKind: string;
  /** What the recogniser was made to take it for, if anything. */
  readonly taken: string;
  /** The reply was given up. */
  readonly cut: boolean;
  /** Onset -> first packet softer than meant, in ms; absent where none was, or where it cannot be seen. */
  readonly duckMs?: number;
  readonly duckUnseen?: boolean;
  /** Onset -> last packet with voice, in ms. */
  readonly stopMs?: number;
  /** How long the voice was held, in ms. */
  readonly heldMs: number;
  /** Agent's voice as received against what was to be said, up to the end of this trial; of false ones. */
  readonly repeated: readonly string[];
  readonly lost: readonly string[];
}

export interface EchoTrial extends TrialBase {
  readonly kind: 'echo';
  readonly levelDb: number;
  readonly delayMs: number;
  readonly reply: string;
  readonly interrupted: boolean;
  /** It took its own words for a turn. */
  readonly answered: boolean;
  readonly holds: number;
  readonly repeated: readonly string[];
  readonly lost: readonly string[];
}

export type Trial = EndingTrial | OverlapTrial | EchoTrial;

/** What the callers' process tells the parent. */
export type FromCallers =
  | { readonly truth: Truth; readonly server: string }
  | { readonly trials: readonly Trial[] }
  | { readonly error: string };
