import type { RoomRouter } from '../media/index.ts';
import type { Clock, Logger } from '../observe/index.ts';
import { HEARING_PATIENCE_MS } from './absence.ts';
import { AgentMemory } from './agent-memory.ts';
import type {
  AddedMessage,
  AgentEvent,
  AgentPast,
  AgentWishes,
  ClientTool,
  ClientToolResult,
  LineOptions,
  OpenAgent,
  RoomAgent,
  VoiceWishes,
} from './agent-port.ts';
import type { Caller } from './caller.ts';
import type { Caption } from './captions.ts';
import { HeldOrders, type Order } from './held-orders.ts';
import { Refusal } from './refusal.ts';

/** An agent that is lost oftener than so in a minute is given up: a call that kills hosts is not to kill one after another. */
export const MOST_LOSSES = 3;
const LOSSES_MS = 60_000;

export interface AgentPlaceOptions {
  readonly room: string;
  readonly router: RoomRouter;
  readonly wishes: AgentWishes;
  readonly openAgent: OpenAgent;
  readonly callers: () => readonly Caller[];
  /** What was said in the last turns. */
  readonly captions: () => readonly Caption[];
  onEvent(event: AgentEvent): void;
  /** Another agent has the place: its voice comes by another producer. */
  onReplaced(before: string, now: string): void;
  /** The agent is lost, and there is no other. */
  onGone(): void;
  readonly log: Logger;
  readonly clock: Clock;
}

type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'seated'; readonly agent: RoomAgent }
  /** This one is gone, and the next on its way. */
  | { readonly kind: 'lost'; readonly agent: RoomAgent }
  | { readonly kind: 'closed'; readonly agent?: RoomAgent };

/** An agent from its opening on; what comes from an earlier one is too late. */
interface Life {
  lost: boolean;
}

/** The agent's place in a room: who has it now, and what the next one must know where that one is lost. */
export class AgentPlace {
  readonly #options: AgentPlaceOptions;
  readonly #memory: AgentMemory;
  readonly #orders: HeldOrders;
  readonly #tools = new Map<string, readonly ClientTool[]>();
  readonly #lines = new Map<string, LineOptions>();
  /** The producer of each caller that the agent listens to. */
  readonly #heard = new Map<string, string>();
  #wishes: AgentWishes;
  #state: State = { kind: 'empty' };
  #life: Life | undefined;
  #losses: readonly number[] = [];
  #heardSince: number | undefined;

  constructor(options: AgentPlaceOptions) {
    this.#options = options;
    this.#wishes = options.wishes;
    this.#memory = new AgentMemory(options.captions);
    this.#orders = new HeldOrders({ ...options, give: (order) => this.now(order) });
  }

  /** Resolves when the agent has taken its seat. Throws a Refusal. */
  async open(): Promise<void> {
    const agent = await this.#seat();
    this.#state = { kind: 'seated', agent };
  }

  /** The one that is there, or was until the next one is. */
  get agent(): RoomAgent | undefined {
    return 'agent' in this.#state ? this.#state.agent : undefined;
  }

  callerJoined({ id, displayName }: Caller): void {
    this.#memory.callerJoined(id, displayName);
    this.now((agent) => agent.callerJoined(id, displayName));
  }

  callerLeft(callerId: string): void {
    this.#tools.delete(callerId);
    this.#lines.delete(callerId);
    this.#heard.delete(callerId);
    this.now((agent) => agent.callerLeft(callerId));
  }

  /** Resolves when the agent listens, or while there is none: the next one will. */
  async callerProduced(callerId: string, producerId: string): Promise<void> {
    const state = this.#state;
    if (state.kind !== 'seated' || this.#heard.get(callerId) === producerId) return;
    this.#heard.set(callerId, producerId);
    try {
      await state.agent.callerProduced(callerId, producerId);
    } catch (error) {
      if (this.#state !== state) return;
      this.#heard.delete(callerId);
      throw error;
    }
  }

  callerPlaying(callerId: string): void {
    if (this.#state.kind !== 'seated') return;
    this.#heardSince ??= this.#options.clock.now();
    this.#state.agent.callerPlaying(callerId);
    this.#orders.release();
  }

  openLine(callerId: string, line: LineOptions): void {
    this.#lines.set(callerId, line);
    this.now((agent) => agent.openLine(callerId, line));
  }

  instruct(instructions: string): void {
    this.#wishes = { ...this.#wishes, instructions };
    this.now((agent) => agent.instruct(instructions));
  }

  async speakAs(wishes: VoiceWishes): Promise<void> {
    const { voice: _voice, speed: _speed, emotion: _emotion, ...others } = this.#wishes;
    this.#wishes = { ...others, ...wishes };
    if (this.#state.kind === 'seated') await this.#state.agent.speakAs(wishes);
  }

  addMessage(message: AddedMessage, options: { readonly reply: boolean }): void {
    this.tell((agent) => {
      this.#memory.added(message);
      agent.addMessage(message, options);
    });
  }

  offerTools(callerId: string, tools: readonly ClientTool[]): void {
    this.#tools.set(callerId, tools);
    this.now((agent) => agent.offerTools(callerId, tools));
  }

  toolResult(callerId: string, result: ClientToolResult): void {
    this.#memory.toolAnswered(result.call);
    this.now((agent) => agent.toolResult(callerId, result));
  }

  /** Void where no agent is there: the next one learns how things stand then. */
  now(order: Order): void {
    if (this.#state.kind === 'seated') order(this.#state.agent);
  }

  /** Waits for the next agent where this one is lost. */
  tell(order: Order): void {
    this.#orders.put(order);
  }

  /** May be called again. */
  async close(reason: 'room-closed' | 'shutdown'): Promise<void> {
    const { agent } = this;
    this.#state = { kind: 'closed', ...(agent ? { agent } : {}) };
    this.#orders.drop();
    await agent?.close(reason);
  }

  /** Throws a Refusal where none comes, or comes too late. */
  async #seat(past?: AgentPast): Promise<RoomAgent> {
    const { room, router, openAgent, onEvent } = this.#options;
    const life: Life = { lost: false };
    this.#life = life;
    const agent = await openAgent({
      room,
      router,
      wishes: this.#wishes,
      ...(past && { past }),
      onEvent: (event) => {
        if (this.#life !== life) return;
        this.#memory.hear(event);
        onEvent(event);
      },
      onLost: () => this.#lose(life),
    });
    if (this.#state.kind !== 'closed' && !life.lost) return agent;
    await agent.close('room-closed');
    throw new Refusal('unavailable', 'the room was lost while its agent was on the way');
  }

  #lose(life: Life): void {
    life.lost = true;
    const state = this.#state;
    // Whoever waits for one that is on its way sees it.
    if (life !== this.#life || state.kind !== 'seated') return;
    this.#life = undefined;
    this.#state = { kind: 'lost', agent: state.agent };
    const { onEvent, onGone, callers } = this.#options;
    const awaited = this.#orders.holding || callers().some(({ audible }) => audible);
    this.#orders.hold();
    const again = [...this.#lines.values()].every(({ survives }) => survives);
    const then = again ? 'another one is taking it up' : 'no other one can take it up';
    const message = `The agent of this call failed; ${then}.`;
    const events = this.#memory.lose();
    onEvent({ type: 'error', code: 'session-failed', message, retryable: again });
    for (const event of events) onEvent(event);
    if (again) void this.#takeUp(state.agent, awaited);
    else onGone();
  }

  /** `awaited`: somebody is to hear the next agent before it is told what waits. */
  async #takeUp(before: RoomAgent, awaited: boolean): Promise<void> {
    const { clock, log, onGone } = this.#options;
    while (this.#state.kind === 'lost' && this.#mayTry()) {
      const heardMs = clock.now() - (this.#heardSince ?? clock.now());
      const wishes = this.#wishes;
      try {
        const agent = await this.#seat(this.#memory.past(heardMs));
        this.#welcome(agent, before);
        if (this.#wishes !== wishes) this.#wishAgain(agent);
        if (!awaited) this.#orders.release();
        return;
      } catch (error) {
        log.warn({ err: error }, 'the agent of a call was lost, and another one could not take it up');
      }
    }
    if (this.#state.kind !== 'lost') return;
    log.error({ losses: this.#losses.length }, 'the agent of a call was lost too often: the call is given up');
    onGone();
  }

  /** Each loss and each attempt that came to nothing counts. */
  #mayTry(): boolean {
    const now = this.#options.clock.now();
    this.#losses = [...this.#losses.filter((at) => now - at < LOSSES_MS), now];
    return this.#losses.length <= MOST_LOSSES;
  }

  #welcome(agent: RoomAgent, before: RoomAgent): void {
    const { callers, log, onReplaced } = this.#options;
    this.#state = { kind: 'seated', agent };
    this.#heard.clear();
    for (const { id, displayName, away } of callers()) {
      agent.callerJoined(id, displayName);
      if (away) agent.callerAway(id);
    }
    for (const [id, tools] of this.#tools) agent.offerTools(id, tools);
    for (const { id, producerId } of callers()) {
      if (!producerId) continue;
      this.callerProduced(id, producerId).catch((error) => {
        log.error({ err: error }, 'an agent that took up a call cannot hear one of its callers');
      });
    }
    this.#orders.releaseAfter(HEARING_PATIENCE_MS);
    onReplaced(before.producerId, agent.producerId);
    before.close('room-closed').catch((error) => log.warn({ err: error }, 'a lost agent did not close cleanly'));
    for (const [id, line] of this.#lines) {
      agent.openLine(id, line);
      if (!line.byRtp) this.callerPlaying(id);
    }
  }

  /** They have changed while it was on its way. */
  #wishAgain(agent: RoomAgent): void {
    const { instructions, voice, speed, emotion } = this.#wishes;
    if (instructions !== undefined) agent.instruct(instructions);
    const wishes = Object.entries({ voice, speed, emotion }).filter(([, wish]) => wish !== undefined);
    agent.speakAs(Object.fromEntries(wishes)).catch((error) => {
      this.#options.log.warn({ err: error }, 'an agent that took up a call speaks as it did before');
    });
  }
}
