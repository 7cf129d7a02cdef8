import { describe, expect, test } from '@jest/globals';
import { parseClientEvent } from './client-events.ts';

const refusal = (event: unknown): unknown => {
  try {
    return parseClientEvent(JSON.stringify(event));
  } catch (error) {
    return error;
  }
};

describe('an event of a client', () => {
  test('that does not fit is refused with the place where it does not, and its own id', () => {
    expect(refusal({ type: 'conversation.item.delete', event_id: 'e1', item_id: 7 })).toMatchObject({
      name: 'RealtimeError',
      code: 'invalid_value',
      param: 'item_id',
      eventId: 'e1',
    });
  });

  test.each([
    { type: 'conversation.item.delete', item_id: { length: { toString: {} } } },
    { type: 'response.cancel', event_id: { length: { toString: {} } } },
    { type: { toString: 1 }, event_id: { length: { toString: {} } } },
  ])('on which its own schema fails is refused like any other: %j', (event) => {
    expect(refusal(event)).toMatchObject({ name: 'RealtimeError' });
  });
});
