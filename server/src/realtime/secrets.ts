import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../observe/index.ts';
import type { SessionConfig } from './session-config.ts';

export interface ClientSecret {
  readonly value: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly session: SessionConfig;
}

/** Secrets at a time; the oldest goes first. */
const MOST_SECRETS = 10_000;

interface Kept {
  readonly session: SessionConfig;
  readonly until: number;
}

/** Short-lived secrets with which pages connect. They are kept in memory, and only as hashes. */
export class ClientSecrets {
  readonly #kept = new Map<string, Kept>();
  readonly #clock: Clock;
  readonly #date: () => number;

  constructor(clock: Clock, date: () => number = Date.now) {
    this.#clock = clock;
    this.#date = date;
  }

  mint(session: SessionConfig, ttlSeconds: number): ClientSecret {
    const value = `ek_${randomBytes(24).toString('hex')}`;
    const now = this.#clock.now();
    for (const [hash, { until }] of this.#kept) if (until <= now) this.#kept.delete(hash);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST_SECRETS && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(hashOf(value), { session, until: now + ttlSeconds * 1000 });
    return { value, expiresAt: Math.floor(this.#date() / 1000) + ttlSeconds, session };
  }

  /** The session that it opens; undefined for one that is unknown, or over. */
  open(value: string): SessionConfig | undefined {
    const kept = this.#kept.get(hashOf(value));
    return kept && kept.until > this.#clock.now() ? kept.session : undefined;
  }
}

const hashOf = (value: string): string => createHash('sha256').update(value).digest('hex');
