import type { SessionEvent } from '@parley/agent';
import type { SoundingWord } from '../timeline.ts';
import type { SceneRequest, SpokenPiece } from './replay.ts';

/** What happened on the host thread. `at`: ms since 1970; `room`: that of the scene's call. */
export type SceneNote = { readonly room: string; readonly at: number } & (
  | { readonly kind: 'event'; readonly event: SessionEvent }
  | { readonly kind: 'request'; readonly request: Omit<SceneRequest, 'at'> }
  /** The voice speaks a text; pieces of one reply have the same group. */
  | { readonly kind: 'piece'; readonly piece: SpokenPiece; readonly group: number }
  /** Nobody wants this group any more. */
  | { readonly kind: 'dropped'; readonly group: number }
);

/** What sounds at a caller's microphone: what the recogniser knows. */
export interface SceneTruth {
  readonly room: string;
  readonly callerId: string;
  readonly words: readonly SoundingWord[];
}

/** To the callers' process: play this scene. */
export interface PlayOrder {
  readonly scene: string;
  readonly room: string;
  readonly url: string;
}

/** What came of it. */
export interface Played {
  /** What was not as expected; none where all was. */
  readonly faults: readonly string[];
  /** Everything that happened, a line each. */
  readonly story: string;
  /** The longest that the callers' process stood still meanwhile, in ms. */
  readonly lateness: number;
}

export type ToScenes = { readonly play: PlayOrder } | { readonly note: SceneNote };
export type FromScenes =
  | { readonly truth: SceneTruth }
  | { readonly played: Played; readonly room: string }
  | { readonly error: string; readonly room: string };

/** A room for each time that a scene is played. */
export const roomFor = (scene: string, attempt: number): string => `${scene}--${attempt}`;
export const sceneOf = (room: string): string => room.replace(/--\d+$/, '');
