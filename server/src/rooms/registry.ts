import { randomBytes } from 'node:crypto';
import type { RoomRouter } from '../media/index.ts';
import { type Clock, type Logger, systemClock } from '../observe/index.ts';
import type { AgentWishes, CallWishes, OpenAgent } from './agent-port.ts';
import type { Caller } from './caller.ts';
import { Emitter } from './emitter.ts';
import type { RoomEnd } from './events.ts';
import type { RoomPlan } from './plan.ts';
import { Refusal, refusing } from './refusal.ts';
import { ResumeKeys } from './resume-keys.ts';
import { Room } from './room.ts';

/** Rooms that are over and remembered. */
const MAX_OVER = 1000;

export interface RoomLimits {
  readonly rooms: number;
  readonly callersPerRoom: number;
  /** How long an empty room waits for a caller to come back, in ms. */
  readonly emptyRoomMs: number;
  /** How long a room that was made over HTTP waits for its first caller, in ms. */
  readonly createdRoomMs: number;
  /** How long a caller whose connection is lost is waited for, in ms; 0: not at all. */
  readonly resumeMs: number;
}

export interface RegistryOptions {
  readonly limits: RoomLimits;
  readonly log: Logger;
  readonly clock?: Clock;
  createRouter(opusPayloadType?: number): Promise<RoomRouter>;
  /** Why the server cannot carry another call, for callers to read; undefined where it can. */
  readonly admit?: (() => string | undefined) | undefined;
  readonly openAgent: OpenAgent;
  /** Whether rooms are recorded that do not say; absent: recordings are not kept here. */
  readonly recording?: 'on' | 'off' | undefined;
}

export interface JoinOptions extends CallWishes {
  /** Absent for a room of one's own. */
  readonly room?: string;
  readonly displayName?: string;
  /** As the token says. */
  readonly identity?: string;
}

/** Where a caller is, and the secret of the way back after a lost connection. */
export interface Entry {
  readonly room: Room;
  readonly caller: Caller;
  readonly secret: string;
}

export interface ResumeOptions {
  readonly secret: string;
  /** By a page that knows nothing of the media there was. */
  readonly anew: boolean;
  /** For how long nothing was heard, in ms; absent: not known. */
  readonly silentMs?: number | undefined;
}

/** All rooms: made when the first caller joins, closed a little after the last one has left. */
export class Registry {
  /** A room is told of before its first caller joins. */
  readonly events: Emitter<{ opened: Room }>;
  readonly #options: RegistryOptions;
  readonly #clock: Clock;
  readonly #rooms = new Map<string, Room>();
  readonly #opening = new Map<string, Promise<Room>>();
  /** Names of rooms that are over; the oldest are forgotten first. */
  readonly #over = new Set<string>();
  readonly #graces = new Map<Room, () => void>();
  /** Of rooms that are still to be made. */
  readonly #reserved = new Set<RoomRouter>();
  #reserving = 0;
  readonly #keys = new ResumeKeys<{ readonly room: Room; readonly caller: Caller }>();
  #end: RoomEnd | undefined;
  #draining: PromiseWithResolvers<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.events = new Emitter((error) => options.log.error({ err: error }, 'a listener of the rooms failed'));
    this.#clock = options.clock ?? systemClock;
  }

  get limits(): RoomLimits {
    return this.#options.limits;
  }

  get rooms(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  /** Open ones, those that are being opened, and those whose place is kept. */
  get roomCount(): number {
    return this.#rooms.size + this.#opening.size + this.#reserved.size + this.#reserving;
  }

  get callerCount(): number {
    return this.rooms.reduce((sum, room) => sum + room.callers.length, 0);
  }

  /** True once no new rooms are made, because the server is about to end. */
  get draining(): boolean {
    return this.#draining !== undefined;
  }

  /** Rooms may wish to be recorded. */
  get canRecord(): boolean {
    return this.#options.recording !== undefined;
  }

  find(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /** There was such a room, not long ago. */
  isOver(name: string): boolean {
    return this.#over.has(name);
  }

  /** Throws a Refusal where there is no place, or nothing to make a room of. */
  async join({ room: name = freshName(), displayName, identity, ...wishes }: JoinOptions): Promise<Entry> {
    const room = this.#rooms.get(name) ?? (await (this.#opening.get(name) ?? this.#open(name, wishes)));
    const caller = room.join({ displayName, identity });
    this.#cancelGrace(room);
    return { room, caller, secret: this.#keys.issue({ room, caller }) };
  }

  /** Makes a room before anybody comes. Throws a Refusal, as for a name that is taken. */
  async create(plan: RoomPlan, name = freshName()): Promise<Room> {
    if (this.#rooms.has(name) || this.#opening.has(name)) {
      throw new Refusal('wrong-state', `there is a room called ${name} already`);
    }
    return this.#open(name, plan.agent, plan);
  }

  /**
   * Keeps a place for a caller whose media comes before it is known how the agent is to be: the router of the room to be.
   * To be given to `createReserved` or to `release`. Throws a Refusal.
   */
  async reserve(opusPayloadType?: number): Promise<RoomRouter> {
    this.#assertPlace();
    this.#reserving++;
    try {
      const router = await refusing(() => this.#options.createRouter(opusPayloadType));
      this.#reserved.add(router);
      router.onLost(() => this.#reserved.delete(router));
      return router;
    } finally {
      this.#reserving--;
    }
  }

  /** Does nothing where a room was made of it. May be called again. */
  release(router: RoomRouter): void {
    if (this.#reserved.delete(router)) router.close();
  }

  /** As `create`, in the place that was kept. */
  async createReserved(plan: RoomPlan, router: RoomRouter): Promise<Room> {
    return this.#open(freshName(), plan.agent, plan, router);
  }

  /** Goes on as the caller whose secret this is. Throws a Refusal where there is no way back. */
  resume({ secret, ...how }: ResumeOptions): Entry {
    const place = this.#keys.use(secret);
    if (!place || this.limits.resumeMs === 0) throw new Refusal('not-resumable', 'this call is over: join anew');
    place.room.back(place.caller, how);
    return { ...place, secret: this.#keys.issue(place) };
  }

  /** The caller has received the secret that was given last. */
  hasSecret(caller: Caller): void {
    this.#keys.confirm(caller.id);
  }

  /** No new rooms from now on; who is in one stays, and others may still come to it. Resolves when all callers have left. */
  drain(): Promise<void> {
    this.#draining ??= Promise.withResolvers();
    this.#settleDrain();
    return this.#draining.promise;
  }

  /** Closes all rooms; nobody can join any more, and rooms that are being opened close as soon as they are open. */
  close(reason: RoomEnd): Promise<void> {
    this.#end ??= reason;
    return (this.#closing ??= this.#shut(reason));
  }

  async #shut(reason: RoomEnd): Promise<void> {
    await Promise.all(this.rooms.map((room) => room.close(reason)));
  }

  #open(name: string, wishes: AgentWishes, plan?: RoomPlan, reserved?: RoomRouter): Promise<Room> {
    const opening = this.#make(name, wishes, plan, reserved).finally(() => {
      this.#opening.delete(name);
      this.#settleDrain();
    });
    this.#opening.set(name, opening);
    return opening;
  }

  #assertPlace(): void {
    const { limits, admit } = this.#options;
    this.#assertOpen();
    if (this.roomCount >= limits.rooms) throw new Refusal('unavailable', `the server is full (${limits.rooms} rooms)`);
    const overload = admit?.();
    if (overload) throw new Refusal('unavailable', overload);
  }

  #assertOpen(): void {
    if (!this.#end && !this.draining) return;
    throw new Refusal('shutting-down', 'the server is about to end and takes no new calls; try again in a minute');
  }

  async #make(name: string, wishes: AgentWishes, plan?: RoomPlan, reserved?: RoomRouter): Promise<Room> {
    const { limits, log, createRouter, openAgent } = this.#options;
    if (reserved) this.#assertReserved(reserved);
    else this.#assertPlace();
    const router = reserved ?? (await refusing(() => createRouter()));
    const { callersPerRoom, resumeMs } = limits;
    const maxCallers = Math.min(plan?.maxCallers ?? callersPerRoom, callersPerRoom);
    const clock = this.#clock;
    const recorded = this.canRecord && (plan?.record ?? this.#options.recording === 'on');
    const room = await Room.open({ name, router, openAgent, wishes, plan, maxCallers, recorded, resumeMs, log, clock });
    this.#adopt(room);
    if (this.#end) await room.close(this.#end);
    return room;
  }

  /** It is reserved no longer. */
  #assertReserved(router: RoomRouter): void {
    if (!this.#reserved.delete(router)) throw new Refusal('unavailable', 'the media of this call is lost');
    try {
      this.#assertOpen();
    } catch (error) {
      router.close();
      throw error;
    }
  }

  #adopt(room: Room): void {
    this.#rooms.set(room.name, room);
    this.#over.delete(room.name);
    room.events.on('closed', (reason) => {
      this.#cancelGrace(room);
      this.#rooms.delete(room.name);
      this.#rememberOver(room.name);
      this.#settleDrain();
      this.#options.log.info({ room: room.name, reason }, 'room closed');
    });
    room.events.on('caller-left', (caller) => {
      this.#keys.drop(caller.id);
      this.#settleDrain();
      this.#graceIfEmpty(room);
    });
    // Whoever asked for it may have gone meanwhile.
    this.#graceIfEmpty(room, room.plan?.firstCallerMs);
    this.#options.log.info({ room: room.name }, 'room opened');
    this.events.emit('opened', room);
  }

  #rememberOver(name: string): void {
    this.#over.add(name);
    const [oldest] = this.#over;
    if (oldest !== undefined && this.#over.size > MAX_OVER) this.#over.delete(oldest);
  }

  #settleDrain(): void {
    if (this.#opening.size === 0 && this.callerCount === 0) this.#draining?.resolve();
  }

  #graceIfEmpty(room: Room, ms = this.#options.limits.emptyRoomMs): void {
    if (room.closed || room.callers.length > 0) return;
    this.#cancelGrace(room);
    this.#graces.set(
      room,
      this.#clock.after(ms, () => void room.close('room-closed')),
    );
  }

  #cancelGrace(room: Room): void {
    this.#graces.get(room)?.();
    this.#graces.delete(room);
  }
}

const freshName = (): string => `r-${randomBytes(9).toString('base64url')}`;
