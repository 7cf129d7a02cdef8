import { randomUUID } from 'node:crypto';
import type { RoomRouter, RtpParameters } from '../media/index.ts';
import { Absence } from './absence.ts';
import { AgentPlace } from './agent-place.ts';
import type {
  AddedMessage,
  AgentEvent,
  AgentState,
  AnswerPolicy,
  ClientTool,
  ClientToolResult,
  EngineChoice,
  LineOptions,
  LineOrder,
  SayOrder,
  VoiceWishes,
} from './agent-port.ts';
import { Caller } from './caller.ts';
import { Emitter } from './emitter.ts';
import type { RoomEnd, RoomEvents } from './events.ts';
import type { RoomProducer } from './news.ts';
import { NewsDesk } from './news-desk.ts';
import type { RoomPlan } from './plan.ts';
import { Refusal } from './refusal.ts';
import type { CallerName, RoomOptions } from './room-options.ts';

/** The id under which the agent appears among the peers. */
const AGENT_PEER = 'agent';

/** A conversation of callers with one agent. Owns the router, the callers and the agent's session. */
export class Room {
  readonly name: string;
  /** This conversation; a room of the same name may follow. */
  readonly id = randomUUID();
  readonly openedAt = new Date();
  readonly events: Emitter<RoomEvents>;
  readonly news: NewsDesk;
  readonly #options: RoomOptions;
  readonly #callers = new Map<string, Caller>();
  readonly #absences = new Map<string, Absence>();
  readonly #place: AgentPlace;
  #agentState: AgentState = 'idle';
  #end: RoomEnd | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: RoomOptions) {
    this.#options = options;
    this.name = options.name;
    this.events = new Emitter((error) => options.log.error({ err: error }, 'a listener of a room failed'));
    this.news = new NewsDesk(this.events);
    this.#place = new AgentPlace({
      ...options,
      room: options.name,
      callers: () => this.callers,
      captions: () => this.news.captions,
      onEvent: (event) => this.#hearAgent(event),
      onReplaced: (before, now) => this.#hearAnother(before, now),
      onGone: () => void this.close('agent-failed'),
    });
  }

  /** Resolves when the agent has taken its seat; leaves nothing behind where it cannot. */
  static async open(options: RoomOptions): Promise<Room> {
    const room = new Room(options);
    try {
      options.router.onLost(() => void room.close('media-worker-died'));
      await room.#place.open();
      return room;
    } catch (error) {
      await room.close('agent-failed');
      throw error;
    }
  }

  /** Absent for a room that its first caller has made. */
  get plan(): RoomPlan | undefined {
    return this.#options.plan;
  }

  get maxCallers(): number {
    return this.#options.maxCallers;
  }

  get callers(): readonly Caller[] {
    return [...this.#callers.values()];
  }

  get agentState(): AgentState {
    return this.#agentState;
  }

  get engines(): readonly EngineChoice[] {
    return this.#place.agent?.engines ?? [];
  }

  /** When the agent answers. */
  get answers(): AnswerPolicy {
    return this.#place.agent?.answers ?? 'every-turn';
  }

  get rtpCapabilities(): RoomRouter['rtpCapabilities'] {
    return this.#options.router.rtpCapabilities;
  }

  get closed(): boolean {
    return this.#end !== undefined;
  }

  /** Its voices are kept. */
  get recorded(): boolean {
    return this.#options.recorded;
  }

  isAgent(peerId: string): boolean {
    return peerId === AGENT_PEER;
  }

  /** The RTP packets of what can be heard here, for whoever keeps them; the returned function ends that. */
  tap(producerId: string, onPacket: (packet: Uint8Array) => void): Promise<() => void> {
    return this.#options.router.tap(producerId, onPacket);
  }

  /** What can be heard here. */
  get producers(): readonly RoomProducer[] {
    const callers = this.callers.flatMap(({ id, producerId }) => (producerId ? { producerId, peerId: id } : []));
    const { agent } = this.#place;
    return agent ? [{ producerId: agent.producerId, peerId: AGENT_PEER }, ...callers] : callers;
  }

  join({ displayName, identity }: CallerName = {}): Caller {
    const { router, maxCallers, clock } = this.#options;
    if (this.closed || !this.#place.agent) throw new Refusal('unavailable', 'this room is being closed');
    if (this.#callers.size >= maxCallers) throw new Refusal('room-full', `this room is full (${maxCallers} callers)`);
    const id = randomUUID();
    const caller: Caller = new Caller({
      id,
      displayName,
      identity,
      router,
      agentProducerId: () => this.#place.agent?.producerId,
      onProducerClosed: (producerId) => this.events.emit('producer-removed', { producerId, peerId: id }),
      onAudible: () => this.#hears(caller),
      onUnreachable: (addresses) => this.#reportUnreachable(caller, addresses),
      clock,
    });
    this.#callers.set(id, caller);
    this.#place.callerJoined(caller);
    this.events.emit('caller-joined', caller);
    return caller;
  }

  /** The caller's connection is lost: the place is kept for a while. May be called again. */
  away(caller: Caller): void {
    if (this.#callers.get(caller.id) !== caller || caller.away) return;
    const { resumeMs: windowMs, clock } = this.#options;
    if (windowMs === 0 || this.closed) {
      this.leave(caller);
      return;
    }
    const { id } = caller;
    caller.depart();
    this.#absences.get(id)?.end();
    const onHearing = (unheardMs: number): void => this.#place.now((agent) => agent.callerBack(id, unheardMs));
    this.#absences.set(id, new Absence({ clock, windowMs, onExpired: () => this.leave(caller), onHearing }));
    this.#place.now((agent) => agent.callerAway(id));
    this.events.emit('caller-changed', caller);
  }

  /**
   * The caller is connected again. `anew`: by a page that knows nothing of the media there was; `silentMs`: for how long
   * nothing was heard, where that is known.
   */
  back(caller: Caller, { anew, silentMs }: { readonly anew: boolean; readonly silentMs?: number | undefined }): void {
    // Its old connection may not be known to be lost yet.
    this.away(caller);
    caller.comeBack({ anew });
    this.#absences.get(caller.id)?.connected(silentMs);
    this.events.emit('caller-changed', caller);
  }

  /** May be called again. */
  leave(caller: Caller): void {
    if (!this.#callers.delete(caller.id)) return;
    this.#absences.get(caller.id)?.end();
    this.#absences.delete(caller.id);
    caller.close();
    this.#place.callerLeft(caller.id);
    this.events.emit('caller-left', caller);
  }

  /** The caller's audio goes to the agent first, then to everybody. */
  async produce(caller: Caller, transportId: string, rtpParameters: RtpParameters): Promise<string> {
    const producerId = await caller.produce(transportId, rtpParameters);
    try {
      await this.#place.callerProduced(caller.id, producerId);
    } catch (cause) {
      caller.stopProducing();
      throw new Refusal('unavailable', 'the agent cannot listen to this audio', { cause });
    }
    if (caller.producerId !== producerId) throw new Refusal('wrong-state', 'the audio has ended meanwhile');
    this.events.emit('producer-added', { producerId, peerId: caller.id });
    return producerId;
  }

  /** The caller speaks and hears by plain PCM instead of RTP, unless the line says otherwise; only the agent hears it. */
  openLine(caller: Caller, line: LineOptions): void {
    this.#place.openLine(caller.id, line);
    if (!line.byRtp) this.#hears(caller);
  }

  tellLine(caller: Caller, order: LineOrder): void {
    this.#place.now((agent) => agent.tellLine(caller.id, order));
  }

  async mute(caller: Caller, muted: boolean): Promise<void> {
    const before = caller.muted;
    await caller.setMuted(muted);
    if (before !== muted) this.events.emit('caller-changed', caller);
  }

  playout(caller: Caller, delayMs: number): void {
    this.#place.now((agent) => agent.callerPlayout(caller.id, delayMs));
  }

  text(caller: Caller, text: string): void {
    this.#place.tell((agent) => agent.text(caller.id, text));
  }

  interrupt(): void {
    this.#place.tell((agent) => agent.interrupt());
  }

  announce(order: SayOrder): void {
    this.#place.tell((agent) => agent.announce(order));
  }

  instruct(instructions: string): void {
    this.#place.instruct(instructions);
  }

  addMessage(message: AddedMessage, options: { readonly reply: boolean }): void {
    this.#place.addMessage(message, options);
  }

  ask(caller: Caller): void {
    this.#place.tell((agent) => agent.ask(caller.id));
  }

  /** Whoever has been here longest has the say. */
  async speakAs(caller: Caller, wishes: VoiceWishes): Promise<void> {
    if (this.callers[0] !== caller)
      throw new Refusal('wrong-state', 'who has been in the room longest chooses how the agent speaks');
    await this.#place.speakAs(wishes);
  }

  offerTools(caller: Caller, tools: readonly ClientTool[]): void {
    this.#place.offerTools(caller.id, tools);
  }

  toolResult(caller: Caller, result: ClientToolResult): void {
    this.#place.toolResult(caller.id, result);
  }

  /** The same promise every time; the first reason counts. */
  close(reason: RoomEnd): Promise<void> {
    return (this.#closing ??= this.#shut(reason));
  }

  async #shut(reason: RoomEnd): Promise<void> {
    this.#end = reason;
    this.events.emit('closed', reason);
    for (const caller of this.callers) this.leave(caller);
    try {
      await this.#place.close(reason === 'shutdown' ? 'shutdown' : 'room-closed');
    } catch (error) {
      this.#options.log.warn({ err: error }, 'an agent session did not close cleanly');
    }
    this.#options.router.close();
  }

  /** Another agent goes on where one was lost: callers hear it by another producer. */
  #hearAnother(before: string, now: string): void {
    for (const caller of this.callers) caller.agentReplaced();
    this.events.emit('producer-added', { producerId: now, peerId: AGENT_PEER });
    this.events.emit('producer-removed', { producerId: before, peerId: AGENT_PEER });
  }

  /** At first, or again. */
  #hears(caller: Caller): void {
    this.#absences.get(caller.id)?.hearing();
    this.#absences.delete(caller.id);
    this.#place.callerPlaying(caller.id);
  }

  #reportUnreachable(caller: Caller, addresses: readonly string[]): void {
    this.#options.log.warn(
      { addresses },
      "a caller's audio does not come through; open or map the media port (media.port, UDP and TCP), " +
        'or set media.announcedAddress to an address that callers can reach',
    );
    this.events.emit('unreachable', caller);
  }

  #hearAgent(event: AgentEvent): void {
    if (this.closed) return;
    if (event.type === 'agent-state') this.#agentState = event.state;
    if (event.type === 'ended') void this.close(event.reason);
    else this.events.emit('agent', event);
  }
}
