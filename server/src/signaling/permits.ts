import type { RequestName, RequestOf } from '@parley/signaling/protocol';
import { type Access, AccessRefused, type Admission, type Grant, type Sender } from '../access/index.ts';
import type { Caller, JoinOptions, Registry } from '../rooms/index.ts';
import type { Place } from './handler.ts';

type Needs = { readonly [N in RequestName]: readonly Grant[] | ((message: RequestOf<N>) => readonly Grant[]) };

const NOTHING: readonly Grant[] = [];
/** Whoever may take the floor may silence the agent. */
const TAKES_THE_FLOOR: readonly Grant[] = ['publish', 'text', 'control'];

/** Each request needs one of these grants; the compiler misses none. The only place where that is decided. */
const NEEDS: Needs = {
  // What a caller wishes who joins is looked at when the token was read.
  join: NOTHING,
  // A caller who comes back has the grants of before.
  resume: NOTHING,
  'create-transport': ({ direction }) => (direction === 'send' ? ['publish'] : ['listen']),
  'connect-transport': ['publish', 'listen'],
  'restart-ice': ['publish', 'listen'],
  produce: ['publish'],
  consume: ['listen'],
  'resume-consumer': ['listen'],
  playing: ['listen'],
  playout: ['listen'],
  mute: ['publish'],
  text: ['text'],
  interrupt: TAKES_THE_FLOOR,
  ask: ['text'],
  'speak-as': ['control'],
  'offer-tools': ['control'],
  // Only results of the caller's own tools are listened to.
  'tool-result': ['control'],
  leave: NOTHING,
};

/** Requests that make the agent work, and so cost. */
const MESSAGES: ReadonlySet<RequestName> = new Set(['text', 'ask'] as const);

/** What each caller may do: kept with the caller, whichever connection speaks for it. */
export class Permits {
  readonly #access: Access;
  readonly #admissions = new WeakMap<Caller, Admission>();

  constructor(access: Access) {
    this.#access = access;
  }

  /** Lets somebody into the room that the token opens. Throws an AccessRefused, or the registry's Refusal. */
  async join({ token, ...wishes }: RequestOf<'join'>, sender: Sender, rooms: Registry): ReturnType<Registry['join']> {
    const admission = await this.#access.admit(sender, { token, room: wishes.room });
    const { voice, speed, emotion, turnPreset } = wishes;
    const controls = [voice, speed, emotion, turnPreset].some((wish) => wish !== undefined);
    if (controls) demand(admission, ['control'], 'choose how the agent speaks');
    const { room, identity, displayName = wishes.displayName } = admission;
    const order: JoinOptions = { ...wishes, room, identity, displayName };
    const entry = await rooms.join(order);
    this.#admissions.set(entry.caller, admission);
    return entry;
  }

  /** Throws an AccessRefused where the caller may not do this. */
  check<N extends RequestName>(name: N, message: RequestOf<N>, place: Place | undefined, sender: Sender): void {
    if (!place) return;
    const needs: Needs[N] = NEEDS[name];
    demand(this.#admissions.get(place.caller), typeof needs === 'function' ? needs(message) : needs, `send ${name}`);
    if (MESSAGES.has(name)) this.#access.admitMessage(sender, place.room.name);
  }
}

function demand(admission: Admission | undefined, needs: readonly Grant[], what: string): void {
  if (needs.length === 0 || needs.some((grant) => admission?.grants.has(grant))) return;
  throw new AccessRefused('forbidden', `this token does not allow to ${what}: it needs ${needs.join(' or ')}`);
}
