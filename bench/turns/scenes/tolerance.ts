import type { Tolerance } from './replay.ts';

/**
 * What a real line adds to a scene's times: packets of 20 ms both ways, beats that do not fall together, threads that
 * wake late. A voice may be softened by the first packet of a sound, and given back when nothing comes of it.
 */
export const REAL_TIME: Tolerance = { lateMs: 150, softMs: 400, droppedGuesses: true };
