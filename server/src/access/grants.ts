/**
 * What a caller may do in a room.
 * - `publish`: send audio
 * - `listen`: receive audio
 * - `text`: write to the agent, and ask it to answer
 * - `control`: choose how the agent speaks, and offer it tools
 */
export const GRANTS = ['publish', 'listen', 'text', 'control'] as const;
export type Grant = (typeof GRANTS)[number];

/** For a token that names none: a caller of a page, who has no say over the agent. */
export const USUAL_GRANTS: readonly Grant[] = ['publish', 'listen', 'text'];
