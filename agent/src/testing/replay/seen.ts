import type { SessionEvent } from '../../contracts/index.ts';
import type { SceneRequest } from './scene-llm.ts';
import type { Moment } from './schema-parts.ts';

/** When a line sounded, in ms of the scene. */
export interface LineTimes {
  readonly from: number;
  readonly to: number;
}

/** One thing of which audio came from the agent. */
export interface Spoken {
  /** Its first frame began. */
  readonly startedAt: number;
  /** Its last frame so far was over. */
  readonly lastAt: number;
  /** No more of it comes; absent while more may. */
  readonly endedAt?: number;
  readonly cut: boolean;
  /** Absent for what is no reply of its own. */
  readonly reply?: number;
}

/** The agent's voice in one frame of 20 ms. */
export interface VoiceFrame {
  readonly at: number;
  /** Of what; one of those in `spoken`. Undefined for silence. */
  readonly spoken: object | undefined;
  /** At its end; 1 is the voice in full. */
  readonly gain: number;
  readonly held: boolean;
}

/** What came of a scene, whoever played it. All times are ms of the scene. */
export interface Seen {
  readonly events: readonly { readonly at: number; readonly event: SessionEvent }[];
  readonly lines: ReadonlyMap<string, LineTimes>;
  readonly requests: readonly SceneRequest[];
  /** Everything of which audio left, in order. */
  readonly spoken: readonly Spoken[];
  readonly frames: readonly VoiceFrame[];
  /** Where what was heard is not what was synthesised: a sentence each. */
  readonly broken: readonly string[];
}

/** Undefined while it has not come. */
export function momentIn(
  { lines, requests, spoken }: Pick<Seen, 'lines' | 'requests' | 'spoken'>,
  moment: Moment,
): number | undefined {
  switch (moment.kind) {
    case 'start':
      return 0;
    case 'request':
      return requests[moment.number - 1]?.at;
    case 'line':
      return lines.get(moment.id)?.[moment.edge === 'starts' ? 'from' : 'to'];
    case 'reply': {
      const found = spoken[moment.number - 1];
      if (moment.edge === 'starts' || !found) return found?.startedAt;
      return found.endedAt === undefined ? undefined : found.lastAt;
    }
  }
}

/** What a driver may add to what a scene expects, for what its own line and its measuring add. */
export interface Tolerance {
  /** To each time within which something is to come, in ms; from each before which it is not to. */
  readonly lateMs: number;
  /** How long an untouched voice may be softer on a suspicion that is given back, in ms. */
  readonly softMs: number;
  /** Requests for guesses that were dropped may come on top of those that are expected: words and pauses race. */
  readonly droppedGuesses: boolean;
}

/** Of a driver whose clock and line are of its own making. */
export const EXACT: Tolerance = { lateMs: 0, softMs: 0, droppedGuesses: false };
