/** How a lost connection is tried again where a call does not say. */
export const RECONNECT_DEFAULTS = {
  /** Wait before the first attempt, ms; it doubles with each one. */
  firstMs: 300,
  /** Longest wait between two attempts, ms. */
  maxMs: 5_000,
  /** Give up this long after the connection was last good, ms. */
  giveUpMs: 90_000,
  /** A connection that held this long was good, whatever else, ms. */
  goodMs: 30_000,
  /** Connections in a row on which no audio passed, after which one more would not help. */
  silentLinks: 2,
};
/** How a lost connection is tried again; see RECONNECT_DEFAULTS. */
export type ReconnectPolicy = typeof RECONNECT_DEFAULTS;

export type LossCause = 'socket' | 'media';

/** What was lost since the connection was last good; absent while it is good. */
export interface Outage {
  readonly since: number;
  /** Attempts made. */
  readonly attempts: number;
  readonly silentLinks: number;
}

export type ReconnectStep =
  | { readonly kind: 'wait'; readonly ms: number; readonly outage: Outage }
  | { readonly kind: 'give-up' };

/** The outage after a connection that held for `heldMs` was lost at `now`. */
export function afterLoss(
  outage: Outage | undefined,
  { cause, now, heldMs }: { cause: LossCause; now: number; heldMs: number },
  policy: ReconnectPolicy = RECONNECT_DEFAULTS,
): Outage {
  const before = outage && heldMs < policy.goodMs ? outage : { since: now, attempts: 0, silentLinks: 0 };
  const silentLinks = cause === 'media' ? (outage?.silentLinks ?? 0) + 1 : before.silentLinks;
  return { ...before, silentLinks };
}

/** What to do next. `random` (0..1) spreads the callers of a restarted server over half of the wait. */
export function nextAttempt(
  outage: Outage,
  { now, random }: { now: number; random: number },
  policy: ReconnectPolicy = RECONNECT_DEFAULTS,
): ReconnectStep {
  const left = policy.giveUpMs - (now - outage.since);
  if (left <= 0 || outage.silentLinks >= policy.silentLinks) return { kind: 'give-up' };
  const full = Math.min(policy.maxMs, policy.firstMs * 2 ** outage.attempts);
  const ms = Math.min(full * (0.5 + random / 2), left);
  return { kind: 'wait', ms, outage: { ...outage, attempts: outage.attempts + 1 } };
}
