import { type CallState, SignalingError } from '@parley/signaling';
import type { Door } from './door.ts';
import type { Key } from './strings.ts';

const DOORS: ReadonlySet<unknown> = new Set<Door>(['open', 'passphrase', 'off']);

/** What the server says of its door; `open` where it does not say, and joining will tell. */
export async function askDoor(): Promise<Door> {
  try {
    const { demo } = await (await fetch('/v1/info')).json();
    return DOORS.has(demo) ? demo : 'open';
  } catch {
    return 'open';
  }
}

/** A token for this room, or for one of its own. Throws a SignalingError; `unauthorized` for a wrong passphrase. */
export async function tokenFor(passphrase: string, room: string | undefined): Promise<string> {
  let answer: Response;
  try {
    const body = JSON.stringify({ passphrase, room });
    answer = await fetch('/v1/demo/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  } catch (cause) {
    throw SignalingError.unreachable(cause);
  }
  if (answer.ok) return (await answer.json()).token;
  if (answer.status === 429) throw new SignalingError('too-many-requests', 'Too many tries');
  if (answer.status >= 500) throw new SignalingError('unavailable', 'The server cannot let anybody in');
  throw new SignalingError('unauthorized', 'This is not the passphrase');
}

export interface Knocker {
  readonly door: Door;
  readonly passphrase: string;
  readonly call: CallState;
}

/** Whether the passphrase must be given before a call. */
export const asksPassphrase = ({ door, passphrase, call }: Knocker): boolean =>
  door === 'passphrase' && passphrase === '' && (call.kind === 'idle' || call.kind === 'ended');

/** What to say of a passphrase that does not open. */
export function noteFor(error: unknown): Key {
  const code = error instanceof SignalingError ? error.code : undefined;
  if (code === 'unauthorized') return 'passphraseWrong';
  return code === 'too-many-requests' ? 'passphraseTooOften' : 'passphraseFailed';
}
