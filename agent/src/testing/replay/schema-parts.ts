import { z } from 'zod';

/** A length of time or a point in it, in ms. */
export const ms = z.number().min(0);
/** A name that anchors may use: no spaces. */
export const name = z.string().regex(/^\S+$/, 'must be a name without spaces');

/**
 * A moment of the scene. `reply 2`: the second thing that is heard of the agent, a greeting included. `request 2`: the
 * LLM is asked for the second time, guesses included. `line x`: speech or a sound of the script, by its id; where it
 * truly starts and ends in the caller's audio.
 */
const MOMENT = /^(?:start|reply (\d+) (starts|ends)|request (\d+)|line (\S+) (starts|ends))$/;

export type Moment =
  | { readonly kind: 'start' }
  | { readonly kind: 'reply'; readonly number: number; readonly edge: Edge }
  | { readonly kind: 'request'; readonly number: number }
  | { readonly kind: 'line'; readonly id: string; readonly edge: Edge };
export type Edge = 'starts' | 'ends';

export const moment = z
  .string()
  .regex(MOMENT, 'must be "start", "reply <n> starts|ends", "request <n>" or "line <id> starts|ends"')
  .transform((text): Moment => {
    const [, reply, replyEdge, request, line, lineEdge] = MOMENT.exec(text) as RegExpExecArray;
    if (reply) return { kind: 'reply', number: Number(reply), edge: replyEdge as Edge };
    if (request) return { kind: 'request', number: Number(request) };
    return line ? { kind: 'line', id: line, edge: lineEdge as Edge } : { kind: 'start' };
  });

/** As in a scene's file. */
export function momentText(at: Moment): string {
  switch (at.kind) {
    case 'start':
      return 'start';
    case 'reply':
      return `reply ${at.number} ${at.edge}`;
    case 'request':
      return `request ${at.number}`;
    case 'line':
      return `line ${at.id} ${at.edge}`;
  }
}
