import type { RoomRouter } from '../media/index.ts';
import type { Clock, Logger } from '../observe/index.ts';
import type { AgentWishes, OpenAgent } from './agent-port.ts';
import type { RoomPlan } from './plan.ts';

/** Who somebody is: to the others, and to the app that sent them. */
export interface CallerName {
  readonly displayName?: string | undefined;
  readonly identity?: string | undefined;
}

export interface RoomOptions {
  readonly name: string;
  readonly router: RoomRouter;
  readonly openAgent: OpenAgent;
  readonly wishes: AgentWishes;
  /** Absent for a room that its first caller has made. */
  readonly plan?: RoomPlan | undefined;
  readonly maxCallers: number;
  /** Its voices are to be kept; callers are told. */
  readonly recorded: boolean;
  /** How long a caller whose connection is lost is waited for, in ms; 0: not at all. */
  readonly resumeMs: number;
  readonly log: Logger;
  readonly clock: Clock;
}
