import { type Access, AccessRefused, type Sender } from '../access/index.ts';
import type { ClientSecrets } from './secrets.ts';
import { initialSession, type SessionConfig } from './session-config.ts';

/** What vouches for clients. */
export interface Vouchers {
  readonly access: Access;
  readonly secrets: ClientSecrets;
  /** What agents are told about their role, where clients say nothing else. */
  readonly instructions: string;
}

const SECRET = /^ek_/;
const DEFAULT_MODEL = 'parley';
const LONGEST_MODEL = 128;

/** The session that a client finds, by an API key or by a secret that was made with one. Throws an AccessRefused. */
export function sessionOf(
  { access, secrets, instructions }: Vouchers,
  sender: Sender,
  key: string | undefined,
  model: string | null | undefined,
): SessionConfig {
  if (key !== undefined && SECRET.test(key)) {
    // It says nothing about who has it: the pace is that of its address.
    access.admitAnybody(sender);
    const session = secrets.open(key);
    if (!session) throw new AccessRefused('unauthorized', 'the client secret is unknown or has expired');
    return session;
  }
  admitKey(access, sender, key);
  return initialSession(model?.slice(0, LONGEST_MODEL) || DEFAULT_MODEL, instructions);
}

/** For what a page may not do: a secret is for a caller of its own. Throws an AccessRefused. */
export function admitServer({ access }: Vouchers, sender: Sender, key: string | undefined): void {
  if (key !== undefined && SECRET.test(key)) {
    access.admitAnybody(sender);
    throw new AccessRefused('unauthorized', 'a client secret does not control a running call; send an API key');
  }
  admitKey(access, sender, key);
}

/** Wherever it was sent. */
function admitKey(access: Access, sender: Sender, key: string | undefined): void {
  const headers = { ...sender.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  access.admitRequest({ ...sender, headers });
}
