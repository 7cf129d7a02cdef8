import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isLoopback } from './address.ts';

/**
 * How one comes to talk without a token of the HTTP API.
 * - `open`: just so
 * - `passphrase`: for the passphrase one gets a token
 * - `off`: not at all
 */
export type DemoDoor = 'open' | 'passphrase' | 'off';

export interface DemoChoice {
  readonly demo: 'auto' | 'public' | 'off';
  /** Where the server can be reached: the address that it, or its container's host, listens on. */
  readonly reachableAt: string;
  /** Proxies of our own in front: whoever reaches them reaches us. */
  readonly proxies: number;
}

export function doorOf({ demo, reachableAt, proxies }: DemoChoice): DemoDoor {
  if (demo === 'off') return 'off';
  return demo === 'public' || (isLoopback(reachableAt) && proxies === 0) ? 'open' : 'passphrase';
}

/** Guests of a demo that others can reach meet in rooms of their own: a guessed name leads into no other call. */
const PREFIX = 'demo-';
const LONGEST_ROOM = 64;

export const demoRoom = (room = randomBytes(9).toString('base64url')): string =>
  (room.startsWith(PREFIX) ? room : `${PREFIX}${room}`).slice(0, LONGEST_ROOM);

/** Without letters and digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Made of the secret, so that it stays the same: 16 letters and digits of nearly 5 bits, in groups of four. */
export function passphraseFrom(key: Uint8Array): string {
  const letters = [...key.subarray(0, 16)].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return letters.join('').replace(/.{4}(?=.)/g, '$&-');
}

/** In the same time whatever was sent. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
