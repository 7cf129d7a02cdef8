import type { TwilioStart } from './messages.ts';

/** Of what TwiML tells in its parameters, as much as metadata may hold. */
const MOST_ENTRIES = 16;
const LONGEST_KEY = 64;
const LONGEST_VALUE = 500;

export interface StartDetails {
  /** Made before the call; absent: the call gets a room of its own. */
  readonly room?: string;
  /** The agent may call them so. */
  readonly displayName?: string;
  /** Their number. */
  readonly identity?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the stream's parameters say of a call. `room`, `name` and `from` mean something here; all are kept with the call. */
export function detailsOf({ callSid, customParameters }: TwilioStart['start']): StartDetails {
  const told = Object.entries({ door: 'telephone', callSid, ...customParameters }).filter(([, value]) => value !== '');
  const { room, name, from } = Object.fromEntries(told);
  const kept = told
    .filter(([key]) => key !== '' && key.length <= LONGEST_KEY)
    .slice(0, MOST_ENTRIES)
    .map(([key, value]) => [key, value.slice(0, LONGEST_VALUE)]);
  return {
    ...(room !== undefined && { room }),
    ...(name !== undefined && { displayName: name.slice(0, LONGEST_KEY) }),
    ...(from !== undefined && { identity: from.slice(0, LONGEST_KEY) }),
    metadata: Object.fromEntries(kept),
  };
}
