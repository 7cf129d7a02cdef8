import type { Room, RoomEvents, WebhookEvent } from '../rooms/index.ts';

/** Turns whose words may still be told; the oldest is forgotten first. */
const TURNS_REMEMBERED = 16;

/** What is seen of a room. */
export type ToldRoom = Pick<Room, 'name' | 'id' | 'plan' | 'events'>;

export type Tell = (type: WebhookEvent, data: Readonly<Record<string, unknown>>) => void;

interface TurnSoFar {
  readonly words: Map<string, string>;
  figures: Readonly<Record<string, number | undefined>>;
}

/** What happens in one room, in the words of webhooks. */
export class Story {
  readonly #room: ToldRoom;
  readonly #tell: Tell;
  /** ms since 1970. */
  readonly #wallMs: () => number;
  readonly #turns = new Map<number, TurnSoFar>();
  #startedAt: number | undefined;
  #callers = 0;
  #completed = 0;

  constructor(room: ToldRoom, { tell, wallMs }: { readonly tell: Tell; readonly wallMs: () => number }) {
    this.#room = room;
    this.#tell = tell;
    this.#wallMs = wallMs;
  }

  /** Tells of the room until it is over. */
  follow(): void {
    const { events } = this.#room;
    const stops = [
      events.on('caller-joined', (caller) => this.#joined(caller)),
      events.on('agent', (event) => this.#hear(event)),
      events.on('closed', (reason) => {
        for (const stop of stops) stop();
        this.#ended(reason);
      }),
    ];
  }

  #joined({ id, displayName }: RoomEvents['caller-joined']): void {
    this.#callers++;
    if (this.#startedAt !== undefined) return;
    this.#startedAt = this.#wallMs();
    this.#tell('call.started', { caller: { callerId: id, ...(displayName && { displayName }) } });
  }

  #hear(event: RoomEvents['agent']): void {
    switch (event.type) {
      case 'transcript':
        this.#turn(event.turn).words.set(event.callerId, event.text);
        break;
      case 'turn-metrics':
        this.#turn(event.turn).figures = event.figures;
        break;
      case 'reply-text':
        if (event.final && !event.corrected) this.#answered(event);
        break;
      case 'tool': {
        const { turn, call, name, origin, status, ms } = event;
        if (status !== 'running') this.#tell('tool.called', { turn, call, name, origin, status, ms });
        break;
      }
    }
  }

  #answered({ turn, reply, text, interrupted }: Extract<RoomEvents['agent'], { type: 'reply-text' }>): void {
    // Taken back before anything was heard of it: the turn goes on.
    if (interrupted && text === '') return;
    const { words, figures } = this.#turn(turn);
    const said = [...words].flatMap(([callerId, text]) => (text === '' ? [] : [{ callerId, text }]));
    this.#completed++;
    this.#tell('turn.completed', { turn, reply, callers: said, agent: { text, interrupted }, figures });
  }

  #ended(reason: string): void {
    if (this.#startedAt === undefined) return;
    const seconds = Math.round((this.#wallMs() - this.#startedAt) / 1000);
    const startedAt = new Date(this.#startedAt).toISOString();
    this.#tell('call.ended', { reason, startedAt, seconds, turns: this.#completed, callers: this.#callers });
  }

  #turn(number: number): TurnSoFar {
    const turn = this.#turns.get(number) ?? { words: new Map(), figures: {} };
    this.#turns.set(number, turn);
    const [oldest] = this.#turns.keys();
    if (oldest !== undefined && this.#turns.size > TURNS_REMEMBERED) this.#turns.delete(oldest);
    return turn;
  }
}
