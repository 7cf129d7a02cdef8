import * as z from 'zod';

/** Names that rooms may have, as callers give them too. */
export const roomName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, _ and -, at most 64');

/** Any name may be asked for; there are no rooms of most. */
export const roomParams = z.object({ room: z.string().min(1).max(64) });

export const agentState = z.enum(['idle', 'listening', 'thinking', 'speaking']);
