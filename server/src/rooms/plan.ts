import type { AgentWishes } from './agent-port.ts';

/** What happens in a room, as whoever runs it is told over HTTP. */
export const WEBHOOK_EVENTS = ['call.started', 'turn.completed', 'tool.called', 'call.ended'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Where the events of a room are sent. */
export interface WebhookTarget {
  readonly url: string;
  /** Signs them: `whsec_` and base64. */
  readonly secret: string;
  readonly events: readonly WebhookEvent[];
}

/** What a room was made for, where it was made before its first caller came. */
export interface RoomPlan {
  readonly agent: AgentWishes;
  readonly maxCallers?: number;
  /** Absent: as the server is set. */
  readonly record?: boolean;
  /** How long it waits for its first caller, in ms. */
  readonly firstCallerMs: number;
  readonly webhooks: readonly WebhookTarget[];
  /** Of whoever made it; kept, shown and sent with each event. */
  readonly metadata: Readonly<Record<string, string>>;
}
