import { randomBytes } from 'node:crypto';
import type {
  ConversationItem,
  RealtimeConversationItemAssistantMessage,
  RealtimeConversationItemFunctionCall,
  RealtimeConversationItemFunctionCallOutput,
  RealtimeConversationItemSystemMessage,
  RealtimeConversationItemUserMessage,
  RealtimeServerEvent,
} from 'openai/resources/realtime/realtime';

export type ServerEvent = RealtimeServerEvent;
export type Item = ConversationItem;
export type AssistantItem = RealtimeConversationItemAssistantMessage;
export type FunctionCallItem = RealtimeConversationItemFunctionCall;
export type FunctionOutputItem = RealtimeConversationItemFunctionCallOutput;
export type UserItem = RealtimeConversationItemUserMessage;
export type SystemItem = RealtimeConversationItemSystemMessage;

type WithoutId<Event> = Event extends { event_id: string } ? Omit<Event, 'event_id'> : never;
/** A server event before it is numbered. */
export type EventBody = WithoutId<ServerEvent>;
export type Send = (event: EventBody) => void;

/** `item_`, `resp_`, `event_`... and what nobody can guess. */
export const freshId = (kind: 'sess' | 'conv' | 'item' | 'resp' | 'event' | 'call' | 'rtc'): string =>
  `${kind}_${randomBytes(12).toString('base64url').replaceAll(/[-_]/g, '0')}`;

/** What a client did wrong, or cannot have here. Branch on `code`. */
export class RealtimeError extends Error {
  readonly code: string;
  readonly param: string | undefined;

  constructor(code: string, message: string, param?: string) {
    super(message);
    this.name = 'RealtimeError';
    this.code = code;
    this.param = param;
  }
}

/** `eventId`: of the client's event that it answers. */
export const errorEvent = (error: unknown, eventId?: string): Extract<EventBody, { type: 'error' }> => {
  const known = error instanceof RealtimeError;
  return {
    type: 'error',
    error: {
      type: known ? 'invalid_request_error' : 'server_error',
      code: known ? error.code : 'internal_error',
      message: known ? error.message : 'something went wrong in the server',
      param: known ? (error.param ?? null) : null,
      event_id: eventId ?? null,
    },
  };
};
