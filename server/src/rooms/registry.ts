import { randomBytes } from 'node:crypto';
import type { RoomRouter } from '../media/index.ts';
import { type Clock, type Logger, systemClock } from '../observe/index.ts';
import type { CallWishes, OpenAgent } from './agent-port.ts';
import type { Caller } from './caller.ts';
import { Refusal, refusing } from './refusal.ts';
import { Room, type RoomEnd } from './room.ts';

export interface RoomLimits {
  readonly rooms: number;
  readonly callersPerRoom: number;
  /** How long an empty room waits for a caller to come back, in ms. */
  readonly emptyRoomMs: number;
}

export interface RegistryOptions {
  readonly limits: RoomLimits;
  readonly log: Logger;
  readonly clock?: Clock;
  createRouter(): Promise<RoomRouter>;
  readonly openAgent: OpenAgent;
}

export interface JoinOptions extends CallWishes {
  /** Absent for a room of one's own. */
  readonly room?: string;
  readonly displayName?: string;
}

/** All rooms: made when the first caller joins, closed a little after the last one has left. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #clock: Clock;
  readonly #rooms = new Map<string, Room>();
  readonly #opening = new Map<string, Promise<Room>>();
  readonly #graces = new Map<Room, () => void>();
  #end: RoomEnd | undefined;
  #draining: PromiseWithResolvers<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get limits(): RoomLimits {
    return this.#options.limits;
  }

  get rooms(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  get callerCount(): number {
    return this.rooms.reduce((sum, room) => sum + room.callers.length, 0);
  }

  /** True once no new rooms are made, because the server is about to end. */
  get draining(): boolean {
    return this.#draining !== undefined;
  }

  find(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /** Throws a Refusal where there is no place, or nothing to make a room of. */
  async join({
    room: name = freshName(),
    displayName,
    ...wishes
  }: JoinOptions): Promise<{ room: Room; caller: Caller }> {
    const room = this.#rooms.get(name) ?? (await (this.#opening.get(name) ?? this.#open(name, wishes)));
    const caller = room.join(displayName);
    this.#cancelGrace(room);
    return { room, caller };
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

  #open(name: string, wishes: CallWishes): Promise<Room> {
    const opening = this.#make(name, wishes).finally(() => {
      this.#opening.delete(name);
      this.#settleDrain();
    });
    this.#opening.set(name, opening);
    return opening;
  }

  async #make(name: string, wishes: CallWishes): Promise<Room> {
    const { limits, log, createRouter, openAgent } = this.#options;
    if (this.#end || this.draining) {
      throw new Refusal('shutting-down', 'the server is about to end and takes no new calls; try again in a minute');
    }
    if (this.#rooms.size + this.#opening.size >= limits.rooms) {
      throw new Refusal('unavailable', `the server is full (${limits.rooms} rooms)`);
    }
    const router = await refusing(createRouter);
    const { callersPerRoom: maxCallers } = limits;
    const room = await Room.open({ name, router, openAgent, wishes, maxCallers, log, clock: this.#clock });
    this.#adopt(room);
    if (this.#end) await room.close(this.#end);
    return room;
  }

  #adopt(room: Room): void {
    this.#rooms.set(room.name, room);
    room.events.on('closed', (reason) => {
      this.#cancelGrace(room);
      this.#rooms.delete(room.name);
      this.#settleDrain();
      this.#options.log.info({ room: room.name, reason }, 'room closed');
    });
    room.events.on('caller-left', () => {
      this.#settleDrain();
      this.#graceIfEmpty(room);
    });
    // Whoever asked for it may have gone meanwhile.
    this.#graceIfEmpty(room);
    this.#options.log.info({ room: room.name }, 'room opened');
  }

  #settleDrain(): void {
    if (this.#opening.size === 0 && this.callerCount === 0) this.#draining?.resolve();
  }

  #graceIfEmpty(room: Room): void {
    if (room.closed || room.callers.length > 0) return;
    this.#cancelGrace(room);
    const { emptyRoomMs } = this.#options.limits;
    this.#graces.set(
      room,
      this.#clock.after(emptyRoomMs, () => void room.close('room-closed')),
    );
  }

  #cancelGrace(room: Room): void {
    this.#graces.get(room)?.();
    this.#graces.delete(room);
  }
}

const freshName = (): string => `r-${randomBytes(9).toString('base64url')}`;
