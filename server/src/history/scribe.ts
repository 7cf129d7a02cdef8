import type { AgentEvent, Caller, Room, RoomEnd } from '../rooms/index.ts';
import type { Statement } from './database.ts';
import type { Outbox } from './outbox.ts';
import * as rows from './rows.ts';
import { timeWords } from './words.ts';

export interface ScribeOptions {
  readonly outbox: Outbox;
  /** The server's own name, for calls that its end has cut off. */
  readonly server: string;
  readonly recorded: boolean;
  /** Time since the call was opened, in ms. */
  readonly elapsedMs: () => number;
}

type Transcript = Extract<AgentEvent, { type: 'transcript' }>;
type ReplyText = Extract<AgentEvent, { type: 'reply-text' }>;
type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

/** Utterances that may still change; the oldest is taken as it is. */
const MOST_OPEN = 64;
/** Failures of one call that are kept. */
const MOST_FAILURES = 100;

/** Writes down one call as it happens. It never waits and never throws: the rows go into the outbox. */
export class Scribe {
  readonly #room: Room;
  readonly #options: ScribeOptions;
  /** What is being said, and what was said last. */
  readonly #open = new Map<string, rows.Utterance>();
  readonly #tools = new Map<string, number>();
  #failures = 0;

  constructor(room: Room, options: ScribeOptions) {
    this.#room = room;
    this.#options = options;
    const { server, recorded } = options;
    this.#put('call', rows.callOpened(room, { server, recorded }), true);
    room.events.on('agent', (event) => this.#hear(event));
    room.events.on('caller-joined', (caller) => this.#caller(caller));
    room.events.on('caller-left', ({ id }) => this.#put(`left/${id}`, rows.callerLeft(room.id, id, this.#now()), true));
    room.events.on('closed', (reason) => this.#close(reason));
  }

  #caller({ id, displayName }: Caller): void {
    this.#put(`caller/${id}`, rows.callerJoined(this.#room.id, id, displayName, this.#now()), true);
  }

  #hear(event: AgentEvent): void {
    switch (event.type) {
      case 'transcript':
        this.#said(event, { speaker: 'caller', source: event.callerId, interrupted: false });
        break;
      case 'reply-text':
        this.#said(event, { speaker: 'agent', source: String(event.reply), interrupted: event.interrupted });
        break;
      case 'turn-metrics': {
        const { turn, figures } = event;
        this.#put(`figures/${turn}`, rows.turnFigures(this.#room.id, turn, figures, this.#now()), false);
        break;
      }
      case 'tool':
        this.#tool(event);
        break;
      case 'error':
        this.#failed(event);
        break;
    }
  }

  #said(
    { turn, text, final, ...event }: Transcript | ReplyText,
    who: Pick<rows.Utterance, 'speaker' | 'source' | 'interrupted'>,
  ): void {
    const key = `said/${turn}/${who.speaker}/${who.source}`;
    const before = this.#open.get(key);
    const now = this.#now();
    if (text === '') {
      // Taken back, or never heard.
      this.#open.delete(key);
      if (before) this.#put(key, rows.unsaid(this.#room.id, before), final);
      return;
    }
    const language = 'language' in event ? event.language : before?.language;
    const utterance: rows.Utterance = {
      ...who,
      turn,
      text,
      language,
      final,
      startedMs: before?.startedMs ?? now,
      endedMs: before?.text === text ? before.endedMs : now,
      words: timeWords(before?.words ?? [], text, now, language),
    };
    this.#open.set(key, utterance);
    this.#put(key, rows.said(this.#room.id, utterance), final);
    // What is final may be corrected late, but not for ever.
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size > MOST_OPEN) this.#open.delete(oldest);
  }

  #tool(event: ToolEvent): void {
    const atMs = this.#tools.get(event.call) ?? this.#now();
    if (event.status === 'running') this.#tools.set(event.call, atMs);
    else this.#tools.delete(event.call);
    this.#put(`tool/${event.call}`, rows.toolCalled(this.#room.id, event, atMs), event.status !== 'running');
  }

  #failed(event: Extract<AgentEvent, { type: 'error' }>): void {
    if (this.#failures >= MOST_FAILURES) return;
    const number = this.#failures++;
    this.#put(`failure/${number}`, rows.failed(this.#room.id, number, event, this.#now()), true);
  }

  /** What was being said stays as far as it was heard. */
  #close(reason: RoomEnd): void {
    for (const [key, utterance] of this.#open) {
      if (utterance.final) continue;
      const interrupted = utterance.speaker === 'agent';
      this.#put(key, rows.said(this.#room.id, { ...utterance, final: true, interrupted }), true);
    }
    this.#open.clear();
    this.#put('ended', rows.callEnded(this.#room.id, reason, this.#now()), true);
  }

  #put(key: string, statement: Statement, soon: boolean): void {
    this.#options.outbox.put(`${this.#room.id}/${key}`, statement, { soon });
  }

  #now(): number {
    return Math.round(this.#options.elapsedMs());
  }
}
