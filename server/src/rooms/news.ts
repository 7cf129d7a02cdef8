import type { AgentEvent } from './agent-port.ts';

/** Who sends a producer's audio: a caller, or the agent. */
export interface RoomProducer {
  readonly producerId: string;
  readonly peerId: string;
}

/** A caller as the others see them. */
export interface CallerCard {
  readonly id: string;
  readonly displayName: string | undefined;
  readonly muted: boolean;
  /** The connection is lost and may come back. */
  readonly away: boolean;
}

/** What happens in a room and is told to its callers. */
export type RoomNews =
  | { readonly kind: 'agent'; readonly event: Exclude<AgentEvent, { type: 'ended' }> }
  | { readonly kind: 'caller-joined' | 'caller-changed'; readonly caller: CallerCard }
  | { readonly kind: 'caller-left'; readonly callerId: string }
  | { readonly kind: 'producer-added' | 'producer-removed'; readonly producer: RoomProducer }
  /** This caller's media does not come through. */
  | { readonly kind: 'unreachable'; readonly callerId: string };

export interface NumberedNews {
  /** Counts up from 1 within a room. */
  readonly seq: number;
  readonly news: RoomNews;
}

/** What a caller who was away may have missed; older news are forgotten, and such a caller gets a snapshot instead. */
const MOST_NEWS = 500;

/** What happened in a room lately, in order. News that say all that older ones of their kind said replace them. */
export class NewsLog {
  readonly #most: number;
  readonly #kept = new Map<string, NumberedNews>();
  #seq = 0;
  #forgotten = 0;

  constructor(most = MOST_NEWS) {
    this.#most = most;
  }

  /** The number of the latest news; 0 before any. */
  get seq(): number {
    return this.#seq;
  }

  add(news: RoomNews): NumberedNews {
    const numbered = { seq: ++this.#seq, news };
    const key = subjectOf(news) ?? String(numbered.seq);
    // To the end, in the order of the numbers.
    this.#kept.delete(key);
    this.#kept.set(key, numbered);
    if (this.#kept.size > this.#most) this.#forgetOldest();
    return numbered;
  }

  /** What came after `seq`; undefined where that is not known any more. */
  since(seq: number): readonly NumberedNews[] | undefined {
    if (seq < this.#forgotten || seq > this.#seq) return undefined;
    return [...this.#kept.values()].filter((each) => each.seq > seq);
  }

  #forgetOldest(): void {
    const [oldest] = this.#kept;
    if (!oldest) return;
    this.#kept.delete(oldest[0]);
    this.#forgotten = oldest[1].seq;
  }
}

/** News of the same subject replace each other; undefined for those that each count. */
function subjectOf(news: RoomNews): string | undefined {
  if (news.kind === 'caller-changed') return `caller ${news.caller.id}`;
  if (news.kind !== 'agent') return undefined;
  const { event } = news;
  switch (event.type) {
    case 'agent-state':
      return 'agent-state';
    case 'transcript':
      return `transcript ${event.turn} ${event.callerId}`;
    case 'reply-text':
      return `reply ${event.reply}`;
    case 'turn-metrics':
      return `figures ${event.turn}`;
    case 'tool':
      return `tool ${event.call}`;
    default:
      return undefined;
  }
}
