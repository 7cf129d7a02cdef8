import { hkdfSync, randomUUID } from 'node:crypto';
import { type Clock, type Logger, systemClock } from '../observe/index.ts';
import { countedAs, isLoopback, isOwnPage, isThisMachine, type Sender } from './address.ts';
import { type DemoChoice, type DemoDoor, demoRoom, doorOf, isSame, passphraseFrom } from './demo.ts';
import { GRANTS, type Grant } from './grants.ts';
import { ApiKeys, hashOfKey, type KeyHolder } from './keys.ts';
import { AccessRefused } from './refused.ts';
import { keptSecret } from './secret.ts';
import { BadToken, type JoinPass, JoinTokens, type MintedToken } from './tokens.ts';
import { aMinute, Visitors } from './visitors.ts';

export interface AccessLimits {
  /** Requests of one key or address over HTTP. */
  readonly requestsPerMinute: number;
  /** Of one address. */
  readonly joinsPerMinute: number;
  /** Of one room. */
  readonly roomJoinsPerMinute: number;
  /** Texts and calls for an answer in one room. */
  readonly roomMessagesPerMinute: number;
}

export interface AccessOptions extends DemoChoice {
  /** In a container: where its host publishes the port. */
  readonly published?: string | undefined;
  /** Where secret and keys are kept. */
  readonly folder: string;
  /** Absent for the one that is kept. */
  readonly secret?: string;
  /** Absent for one that is made of the secret. */
  readonly demoPassphrase?: string;
  /** A key in the clear; where there is one, this machine needs a key too. */
  readonly apiToken?: string;
  /** Hashes of more keys. */
  readonly apiKeys: readonly string[];
  readonly tokenTtlSeconds: number;
  /** Other sites whose pages may connect; `*` for all. */
  readonly allowedOrigins: readonly string[];
  readonly limits: AccessLimits;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** What a caller who is let in may do, and where. */
export interface Admission {
  /** Absent for a room of one's own. */
  readonly room?: string;
  /** Absent where nobody vouches for the caller. */
  readonly identity?: string;
  /** Absent for the one that the caller gives. */
  readonly displayName?: string;
  readonly grants: ReadonlySet<Grant>;
}

/** Who asks over HTTP. */
export type Asker = { readonly by: 'key'; readonly holder: KeyHolder } | { readonly by: 'this-machine' };

/** Guesses of the passphrase from one address. */
const GUESSES = aMinute(30);
const ALL_GRANTS: ReadonlySet<Grant> = new Set(GRANTS);

/** Who may come in, and what they may do. Nothing else decides that. */
export class Access {
  readonly keys: ApiKeys;
  readonly demo: DemoDoor;
  /** Present where the demo asks for it. */
  readonly passphrase: string | undefined;
  readonly #options: AccessOptions;
  readonly #secret: string;
  readonly #tokens: JoinTokens;
  readonly #guesses: Visitors;
  readonly #requests: Visitors;
  readonly #joins: Visitors;
  readonly #roomJoins: Visitors;
  readonly #roomMessages: Visitors;

  private constructor(options: AccessOptions, secret: string) {
    const { folder, apiToken, apiKeys, limits, clock = systemClock } = options;
    this.#options = options;
    this.#secret = secret;
    this.#tokens = new JoinTokens(this.keyFor('join tokens'));
    const given = apiKeys.map((hash, at) => [`access.apiKeys[${at}]`, hash] as const);
    const token = apiToken === undefined ? [] : [['server.apiToken', hashOfKey(apiToken)] as const];
    this.keys = new ApiKeys(folder, Object.fromEntries([...given, ...token]));
    this.demo = doorOf(options);
    const { demoPassphrase = passphraseFrom(this.keyFor('demo passphrase')) } = options;
    this.passphrase = this.demo === 'passphrase' ? demoPassphrase : undefined;
    this.#guesses = new Visitors(GUESSES, clock);
    this.#requests = new Visitors(aMinute(limits.requestsPerMinute), clock);
    this.#joins = new Visitors(aMinute(limits.joinsPerMinute), clock);
    this.#roomJoins = new Visitors(aMinute(limits.roomJoinsPerMinute), clock);
    this.#roomMessages = new Visitors(aMinute(limits.roomMessagesPerMinute), clock);
  }

  /** Reads the secret, or makes one. Throws an AccessError. */
  static open(options: AccessOptions): Access {
    return new Access(options, options.secret ?? keptSecret(options.folder));
  }

  /** 32 bytes of the secret for one purpose; they tell nothing of those for another. */
  keyFor(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#secret, '', `parley ${purpose}`, 32));
  }

  mint(pass: JoinPass, ttlSeconds = this.#options.tokenTtlSeconds): Promise<MintedToken> {
    return this.#tokens.mint(pass, ttlSeconds);
  }

  /** A token for a guest of the demo. Throws an AccessRefused. */
  async demoToken(passphrase: string, sender: Sender, room?: string): Promise<MintedToken & { room: string }> {
    if (this.passphrase === undefined) throw new AccessRefused('forbidden', 'no passphrase is asked for here');
    if (!this.#guesses.admit(countedAs(sender.ip))) throw AccessRefused.tooMany('guesses from one address');
    if (!isSame(passphrase.trim(), this.passphrase)) {
      this.#options.log.warn({ address: sender.ip }, 'a wrong passphrase for the demo');
      throw new AccessRefused('unauthorized', 'this is not the passphrase');
    }
    const pass = { room: demoRoom(room), identity: `guest-${randomUUID()}`, grants: GRANTS };
    return { ...(await this.mint(pass)), room: pass.room };
  }

  /** Lets a caller into a room, or throws an AccessRefused. */
  async admit(sender: Sender, { token, room }: { token?: string; room?: string }): Promise<Admission> {
    if (!this.isHere(sender) && !this.#joins.admit(countedAs(sender.ip))) {
      throw AccessRefused.tooMany('calls from one address');
    }
    try {
      const admission = token === undefined ? this.#withoutToken(sender, room) : await this.#withToken(token, room);
      if (admission.room !== undefined && !this.#admitToRoom(this.#roomJoins, sender, admission.room)) {
        throw AccessRefused.tooMany('callers who come to this room');
      }
      return admission;
    } catch (error) {
      const why = error instanceof BadToken ? error.fault : error instanceof AccessRefused ? error.code : undefined;
      if (why) this.#options.log.warn({ address: sender.ip, room, why }, 'a caller was not let in');
      if (error instanceof BadToken) throw new AccessRefused('unauthorized', error.message, { cause: error });
      throw error;
    }
  }

  /** Throws an AccessRefused where too much is written to the agent of a room. */
  admitMessage(sender: Sender, room: string): void {
    if (!this.#admitToRoom(this.#roomMessages, sender, room)) throw AccessRefused.tooMany('messages in this room');
  }

  /** Who asks for what is not for everybody; throws an AccessRefused. */
  admitRequest(sender: Sender): Asker {
    const { authorization } = sender.headers;
    const key = /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1];
    const holder = key === undefined ? undefined : this.keys.holderOf(key);
    if (holder) {
      this.#pace(`key ${holder.id}`);
      return { by: 'key', holder };
    }
    if (authorization === undefined && this.#isTrusted(sender)) return { by: 'this-machine' };
    this.#pace(countedAs(sender.ip));
    const how = authorization === undefined ? 'Send an API key as a bearer token' : 'This API key is not known';
    throw new AccessRefused('unauthorized', `${how}; \`npm run keys -- create\` makes one.`);
  }

  /** For what is for everybody: only the pace counts. */
  admitAnybody(sender: Sender): void {
    if (!this.isHere(sender)) this.#pace(countedAs(sender.ip));
  }

  /** True for programs of this machine. */
  isHere(sender: Sender): boolean {
    return isThisMachine(sender, this.#options.published);
  }

  /** This machine needs no key while nobody else can seem to be it. */
  #isTrusted(sender: Sender): boolean {
    const { apiToken, proxies } = this.#options;
    return apiToken === undefined && proxies === 0 && this.isHere(sender) && isOwnPage(sender.headers);
  }

  #pace(who: string): void {
    if (!this.#requests.admit(who)) throw AccessRefused.tooMany('requests');
  }

  #admitToRoom(visitors: Visitors, sender: Sender, room: string): boolean {
    return this.isHere(sender) || visitors.admit(room);
  }

  #withoutToken(sender: Sender, room: string | undefined): Admission {
    const { demo, allowedOrigins } = this.#options;
    if (this.demo !== 'open') throw new AccessRefused('unauthorized', 'a token is needed to join');
    if (demo === 'public') return { room: demoRoom(room), grants: ALL_GRANTS };
    const { origin } = sender.headers;
    const isListed = origin !== undefined && (allowedOrigins.includes('*') || allowedOrigins.includes(origin));
    // A program that is no browser; in a container its address says nothing, but the name by which it came does.
    const isProgram = origin === undefined && isLoopback(sender.ip);
    const isOurs = isProgram || isListed || isOwnPage(sender.headers);
    if (!this.isHere(sender) || !isOurs) {
      throw new AccessRefused('unauthorized', 'a token is needed to join from outside the server’s own machine');
    }
    return { ...(room !== undefined && { room }), grants: ALL_GRANTS };
  }

  async #withToken(token: string, room: string | undefined): Promise<Admission> {
    const pass = await this.#tokens.read(token);
    // The demo's page asks by the name that people gave the room.
    if (room !== undefined && room !== pass.room && demoRoom(room) !== pass.room) {
      throw new AccessRefused('forbidden', 'the token is for another room');
    }
    return { ...pass, grants: new Set(pass.grants) };
  }
}
