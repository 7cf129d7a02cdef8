import { createHmac } from 'node:crypto';

/** A TURN server and how to get in, as WebRTC takes it. */
export interface IceServer {
  readonly urls: string[];
  readonly username: string;
  readonly credential: string;
}

export interface TurnOptions {
  /** `turn:host:port?transport=udp` and the like; without any there is no TURN. */
  readonly urls: readonly string[];
  /** Shared with the TURN server (coturn: `static-auth-secret`). */
  readonly secret: string;
  /** How long one may get in, in minutes; who is in stays. */
  readonly ttlMinutes: number;
}

/**
 * Short-lived credentials as TURN servers with a shared secret check them by themselves (draft-uberti-behave-turn-rest):
 * the name is when they end, in seconds since 1970, and whose they are; the password is its HMAC.
 */
export function turnServersFor(
  { urls, secret, ttlMinutes }: TurnOptions,
  callerId: string,
  nowMs = Date.now(),
): IceServer[] {
  if (urls.length === 0) return [];
  const username = `${Math.floor(nowMs / 1000) + Math.round(ttlMinutes * 60)}:${callerId}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return [{ urls: [...urls], username, credential }];
}
