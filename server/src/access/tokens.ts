import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import { GRANTS, type Grant } from './grants.ts';

/** Who may enter which room, and what they may do there. */
export interface JoinPass {
  readonly room: string;
  readonly identity: string;
  readonly displayName?: string;
  readonly grants: readonly Grant[];
}

export interface MintedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Why a token opens nothing; for the log, and in words for the caller. */
export type TokenFault = 'missing' | 'expired' | 'forged';

export class BadToken extends Error {
  readonly fault: TokenFault;

  constructor(fault: TokenFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BadToken';
    this.fault = fault;
  }
}

const ALGORITHM = 'HS256';
const ISSUER = 'parley';
const AUDIENCE = 'parley-join';

const claims = z.object({
  room: z.string(),
  sub: z.string(),
  name: z.string().optional(),
  grants: z.array(z.enum(GRANTS)),
});

/** Makes and reads join tokens: JWT, HS256. */
export class JoinTokens {
  readonly #key: Uint8Array;
  readonly #date: () => Date;

  constructor(key: Uint8Array, date: () => Date = () => new Date()) {
    this.#key = key;
    this.#date = date;
  }

  async mint({ room, identity, displayName, grants }: JoinPass, ttlSeconds: number): Promise<MintedToken> {
    const issuedAt = Math.floor(this.#date().getTime() / 1000);
    const expires = issuedAt + ttlSeconds;
    const token = await new SignJWT({ room, grants, ...(displayName !== undefined && { name: displayName }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(identity)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
      .setJti(randomUUID())
      .sign(this.#key);
    return { token, expiresAt: new Date(expires * 1000) };
  }

  /** Throws a BadToken. */
  async read(token: string): Promise<JoinPass> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['exp', 'sub'],
        currentDate: this.#date(),
      });
      const { room, sub, name, grants } = claims.parse(payload);
      return { room, identity: sub, displayName: name, grants };
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) {
        throw new BadToken('expired', 'the token has expired: get a new one for each connection', { cause });
      }
      throw new BadToken('forged', 'the token was not made by this server', { cause });
    }
  }
}
