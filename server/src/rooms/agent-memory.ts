import type { AddedMessage, AgentEvent, AgentPast, Owed, PastTurn } from './agent-port.ts';
import type { Caption } from './captions.ts';

/** Messages that the application has put into the conversation; the oldest go first. */
const MOST_ADDED = 40;
/** Tools at work, and names of callers who have come; the oldest go first. */
const MOST_REMEMBERED = 100;

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

/** What the next agent of a room must know where one is lost: what was said is in the captions, the rest is here. */
export class AgentMemory {
  readonly #captions: () => readonly Caption[];
  readonly #names = new Map<string, string>();
  readonly #tools = new Map<string, ToolEvent>();
  /** Calls that pages work at, by caller. */
  readonly #asked = new Map<string, string>();
  #added: readonly { readonly turn: number; readonly message: AddedMessage }[] = [];
  #turns = 0;
  #replies = 0;
  #answers = false;
  #language: string | undefined;
  /** Of a loss that no agent has made good yet. */
  #owed: Owed = 'nothing';

  constructor(captions: () => readonly Caption[]) {
    this.#captions = captions;
  }

  callerJoined(callerId: string, name: string | undefined): void {
    if (name !== undefined) remember(this.#names, callerId, name);
  }

  added(message: AddedMessage): void {
    this.#added = [...this.#added, { turn: this.#turns, message }].slice(-MOST_ADDED);
  }

  hear(event: AgentEvent): void {
    if ('turn' in event) this.#turns = Math.max(this.#turns, event.turn);
    switch (event.type) {
      case 'agent-state':
        this.#answers = event.state === 'thinking' || event.state === 'speaking';
        break;
      case 'transcript':
        this.#language = event.language ?? this.#language;
        break;
      case 'reply-text':
        this.#replies = Math.max(this.#replies, event.reply);
        this.#owed = 'nothing';
        break;
      case 'tool':
        if (event.status === 'running') remember(this.#tools, event.call, event);
        else this.#tools.delete(event.call);
        break;
      case 'client-tool-call':
        remember(this.#asked, event.call, event.callerId);
        break;
      case 'client-tool-cancelled':
        this.#asked.delete(event.call);
        break;
    }
  }

  toolAnswered(call: string): void {
    this.#asked.delete(call);
  }

  /** The agent is lost: what it owed is remembered. What it was about is over, and these events say so. */
  lose(): readonly AgentEvent[] {
    const owed = this.#owedNow();
    const lines = this.#captions().filter(({ final }) => !final);
    const events: AgentEvent[] = [
      ...lines.map(
        (line): AgentEvent =>
          line.type === 'transcript' ? { ...line, final: true } : { ...line, final: true, interrupted: true },
      ),
      ...[...this.#tools.values()].map((tool): AgentEvent => ({ ...tool, status: 'cancelled' })),
      ...[...this.#asked].map(([call, callerId]): AgentEvent => ({ type: 'client-tool-cancelled', callerId, call })),
      { type: 'agent-state', state: 'idle' },
    ];
    for (const event of events) this.hear(event);
    this.#owed = owed;
    return events;
  }

  /** `elapsedMs`: since callers first heard the agent. */
  past(elapsedMs: number): AgentPast {
    const language = this.#language;
    return {
      turns: this.#turns,
      replies: this.#replies,
      said: this.#said(),
      owed: this.#owed,
      elapsedMs,
      ...(language === undefined ? {} : { language }),
    };
  }

  #owedNow(): Owed {
    const lines = this.#captions();
    const asked = lines.filter(({ type }) => type === 'transcript');
    const replies = lines.filter(({ type }) => type === 'reply-text');
    if (asked.length === 0 && !replies.some(({ final }) => final)) return 'greeting';
    if (asked.some(({ final }) => !final)) return 'attention';
    if (replies.some(({ final }) => !final)) return 'rest';
    const latest = Math.max(0, ...asked.map(({ turn }) => turn));
    if (this.#answers && !replies.some(({ turn }) => turn >= latest)) return 'answer';
    return this.#owed;
  }

  #said(): readonly PastTurn[] {
    const turns = new Map<number, PastTurn>();
    const turnOf = (turn: number): PastTurn => turns.get(turn) ?? { turn, user: [], assistant: '', added: [] };
    for (const line of this.#captions()) {
      const known = turnOf(line.turn);
      if (line.type === 'transcript') {
        const name = this.#names.get(line.callerId);
        const said = { text: line.text, ...(name === undefined ? {} : { name }) };
        turns.set(line.turn, { ...known, user: [...known.user, said] });
      } else if (!line.unrecorded) {
        turns.set(line.turn, { ...known, assistant: `${known.assistant} ${line.text}`.trim() });
      }
    }
    for (const { turn, message } of this.#added) {
      const known = turnOf(turn);
      turns.set(turn, { ...known, added: [...known.added, message] });
    }
    return [...turns.values()].sort((a, b) => a.turn - b.turn);
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size > MOST_REMEMBERED) map.delete(oldest);
}
