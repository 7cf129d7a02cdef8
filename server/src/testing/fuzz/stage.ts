import { type RequestName, requests, wireError } from '@parley/signaling/protocol';
import { FuzzCaller, type Outcome, type State } from './callers.ts';
import { indecency } from './decent.ts';
import type { FuzzHouse } from './house.ts';
import type { Saying } from './sayings.ts';
import type { Fate } from './tally.ts';

/** A little less than the server takes: a packet has a head. */
const LONGEST_MESSAGE = 65_000;

/** Callers in each state, renewed when what they said has changed it. */
export class Stage {
  readonly #house: FuzzHouse;
  readonly #callers = new Map<string, FuzzCaller>();
  #rooms = 0;
  #ssrc = 1000;

  constructor(house: FuzzHouse) {
    this.#house = house;
  }

  /** Says it; throws where what comes of it is not as it must be. */
  async say({ state, event, args, mute = false }: Saying): Promise<Fate> {
    const caller = await this.#caller(state);
    const sent = args.map((each) => this.#withIds(each, caller));
    if (mute) return this.#mutter(state, event, sent);
    const outcome = await caller.send(event, sent);
    const fault = this.#judge(outcome, { state, event, args: sent }) ?? this.#overheard() ?? this.#house.end;
    if (fault) throw new Error(`${state}: ${event} ${fault}`);
    if (outcome.kind !== 'ack') this.#callers.delete(state);
    if (outcome.kind === 'ended') return 'ended';
    if (outcome.kind !== 'ack' || !outcome.ack.ok) return 'refused';
    await this.#afterwards(state, event, outcome.ack.data);
    return 'taken';
  }

  /** Says it without wanting an ack: the next request is answered all the same. */
  async #mutter(state: State, event: string, args: readonly unknown[]): Promise<Fate> {
    const caller = await this.#caller(state);
    caller.socket.emit(event, ...args);
    const next = await caller.send('nothing', []);
    caller.close();
    this.#callers.delete(state);
    if (next.kind === 'ended' && isTooLong(event, args)) return 'ended';
    const isAnswered = next.kind === 'ack' && !next.ack.ok && next.ack.error.code === 'unknown-request';
    if (!isAnswered) throw new Error(`${state}: ${event} without an ack, and then: ${JSON.stringify(next)}`);
    return 'unanswered';
  }

  close(): void {
    for (const caller of this.#callers.values()) caller.close();
    this.#callers.clear();
  }

  async #caller(state: State): Promise<FuzzCaller> {
    const known = this.#callers.get(state);
    if (known?.socket.connected) return known;
    const room = `fuzz-${++this.#rooms}`;
    const caller = await FuzzCaller.in(state, this.#house, room);
    caller.ids.room = room;
    if (state === 'silent') await caller.renew('send');
    if (state === 'joined') {
      await caller.speak(this.#ssrc++);
      await this.#renew('peer', room);
      if (!this.#callers.get('other')?.socket.connected) await this.#renew('other', 'elsewhere');
    }
    this.#callers.get(state)?.close();
    this.#callers.set(state, caller);
    return caller;
  }

  async #renew(who: 'peer' | 'other', room: string): Promise<void> {
    this.#callers.get(who)?.close();
    const caller = await FuzzCaller.in('joined', this.#house, room);
    await caller.speak(this.#ssrc++);
    this.#callers.set(who, caller);
  }

  #withIds(value: unknown, caller: FuzzCaller): unknown {
    if (typeof value === 'string' && value.startsWith('@')) {
      const [who, name] = value.slice(1).split('.') as [string, string?];
      const ids = name === undefined ? caller.ids : this.#callers.get(who)?.ids;
      return ids?.[name ?? who] ?? value;
    }
    if (Array.isArray(value)) return value.map((each) => this.#withIds(each, caller));
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const copy = {};
    for (const [key, each] of Object.entries(value)) {
      const next = this.#withIds(each, caller);
      Object.defineProperty(copy, key, { value: next, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  }

  /** Undefined where all is as it must be. */
  #judge(outcome: Outcome, { event, args }: Saying): string | undefined {
    if (outcome.kind === 'silence') return 'was not answered';
    if (outcome.kind === 'ended') {
      return isTooLong(event, args) ? undefined : `ended the connection: ${outcome.reason}`;
    }
    const { ack } = outcome;
    if (ack.ok) return fits(event, args) === false ? 'was granted and does not fit' : undefined;
    const error = wireError.safeParse(ack.error);
    if (!error.success) return `was refused as ${outcome.text}`;
    const { code } = error.data;
    if (code === 'internal') return 'failed inside';
    const expected = !Object.hasOwn(requests, event)
      ? 'unknown-request'
      : fits(event, args) === false
        ? 'bad-message'
        : code;
    if (code !== expected) return `was refused as ${outcome.text}, not as ${expected}`;
    return indecency(outcome.text, JSON.stringify([event, ...args]), this.#house.secrets);
  }

  /** What the callers were told meanwhile; it may hold what others have said, so that only secrets count. */
  #overheard(): string | undefined {
    const heard = [...this.#callers.values()].flatMap((each) => each.heard.splice(0)).join(' ');
    const secret = this.#house.secrets.find((each) => heard.includes(each));
    return secret === undefined ? undefined : `tells others ${secret}`;
  }

  async #afterwards(state: State, event: string, data: unknown): Promise<void> {
    const caller = this.#callers.get(state);
    if (event === 'join' || event === 'resume' || (event === 'leave' && state !== 'new' && state !== 'left')) {
      caller?.close();
      this.#callers.delete(state);
    } else if (state === 'silent') {
      await caller?.renew('send');
      await caller?.renew('recv');
    } else if (event === 'create-transport') {
      // A new transport has taken the place of the other one; which of the two is of no account here.
      const { transportId } = data as { transportId: string };
      if (caller) caller.ids.send = transportId;
    }
  }
}

const isTooLong = (event: string, args: readonly unknown[]): boolean =>
  Buffer.byteLength(JSON.stringify([event, ...args])) > LONGEST_MESSAGE;

/** Whether the message is as its schema says, as it arrives; undefined where bytes are in it. */
function fits(event: string, args: readonly unknown[]): boolean | undefined {
  if (!Object.hasOwn(requests, event)) return false;
  if (args.length > 1) return false;
  const text = JSON.stringify(args, (_, each) => (ArrayBuffer.isView(each) ? '@bytes' : each));
  if (text.includes('@bytes')) return undefined;
  const [message = {}] = JSON.parse(text) as unknown[];
  try {
    return requests[event as RequestName].request.safeParse(message).success;
  } catch {
    // The schema compares the length of a list, and an object may have one of its own.
    return false;
  }
}
