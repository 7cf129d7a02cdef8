import { AccessRefused, Addresses, type Sender } from '../access/index.ts';
import type { Clock, Logger } from '../observe/index.ts';
import type { Registry } from '../rooms/index.ts';
import { RealtimeCall } from './call.ts';
import { readOffer } from './sdp/index.ts';
import { merged, type SessionConfig, type SessionUpdate } from './session-config.ts';
import { sessionOf, type Vouchers } from './vouched.ts';

export interface RealtimeCallsOptions extends Vouchers {
  readonly rooms: Registry;
  readonly connectionsPerAddress: number;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface NewCall {
  readonly sender: Sender;
  /** SDP. */
  readonly offer: string;
  /** What the client is vouched for with, and what it wants of it. */
  readonly session: SessionConfig;
  readonly update?: SessionUpdate | undefined;
  readonly addresses: readonly string[];
}

/** The calls of clients that come by WebRTC: an SDP offer each, answered at once. */
export class RealtimeCalls {
  readonly #options: RealtimeCallsOptions;
  readonly #calls = new Map<string, RealtimeCall>();
  readonly #addresses: Addresses;
  #closed = false;

  constructor(options: RealtimeCallsOptions) {
    this.#options = options;
    this.#addresses = new Addresses(options.access, options.connectionsPerAddress);
  }

  get size(): number {
    return this.#calls.size;
  }

  /** The session that a client finds. Throws an AccessRefused. */
  admit(sender: Sender, key: string | undefined, model: string | null | undefined): SessionConfig {
    if (!this.#addresses.isFree(sender)) throw AccessRefused.tooMany('connections from one address');
    return sessionOf(this.#options, sender, key, model);
  }

  /** Throws a RealtimeError for what cannot be understood, and a Refusal where there is no place. */
  async open({ sender, offer: sdp, session, update, addresses }: NewCall): Promise<RealtimeCall> {
    const offer = readOffer(sdp);
    const config = update ? merged(session, update) : session;
    const release = this.#addresses.add(sender);
    const onEnd = (): void => {
      release();
      this.#calls.delete(call.id);
    };
    const { rooms, clock, log } = this.#options;
    let call: RealtimeCall;
    try {
      call = await RealtimeCall.open({ offer, session: config, addresses }, { rooms, clock, log, onEnd });
    } catch (error) {
      release();
      throw error;
    }
    this.#calls.set(call.id, call);
    if (this.#closed) call.end();
    return call;
  }

  /** One that is running. */
  find(id: string): RealtimeCall | undefined {
    return this.#calls.get(id);
  }

  /** False where there is no such call. */
  hangUp(id: string): boolean {
    const call = this.#calls.get(id);
    call?.end();
    return call !== undefined;
  }

  /** Ends all calls. May be called again. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls.values()) call.end('shutdown', 'the server is about to end');
  }
}
