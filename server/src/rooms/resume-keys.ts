import { randomBytes } from 'node:crypto';

/** Bytes of chance in a secret. */
const SECRET_BYTES = 24;

/**
 * The ways back into calls, one for each caller. A secret that was used stays good until the caller shows that the next
 * one has arrived: an answer may be lost with its connection.
 */
export class ResumeKeys<Place extends { readonly caller: { readonly id: string } }> {
  readonly #places = new Map<string, Place>();
  /** By caller, the newest last. */
  readonly #secrets = new Map<string, string[]>();

  /** Two secrets of a caller are good at most. */
  issue(place: Place): string {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const { id } = place.caller;
    this.#places.set(secret, place);
    this.#secrets.set(id, [...(this.#secrets.get(id) ?? []), secret]);
    return secret;
  }

  /** Whose secret it is; their other ones are void from now on. */
  use(secret: string): Place | undefined {
    const place = this.#places.get(secret);
    if (place) this.#keepOnly(place.caller.id, secret);
    return place;
  }

  /** The caller has the newest secret. */
  confirm(callerId: string): void {
    const newest = this.#secrets.get(callerId)?.at(-1);
    if (newest) this.#keepOnly(callerId, newest);
  }

  /** There is no way back for this caller. */
  drop(callerId: string): void {
    for (const secret of this.#secrets.get(callerId) ?? []) this.#places.delete(secret);
    this.#secrets.delete(callerId);
  }

  /** How many are good. */
  get size(): number {
    return this.#places.size;
  }

  #keepOnly(callerId: string, kept: string): void {
    for (const secret of this.#secrets.get(callerId) ?? []) if (secret !== kept) this.#places.delete(secret);
    this.#secrets.set(callerId, [kept]);
  }
}
