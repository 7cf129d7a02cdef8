import { type Caption, Captions } from './captions.ts';
import type { Emitter } from './emitter.ts';
import type { RoomEvents } from './events.ts';
import { NewsLog, type NumberedNews, type RoomNews } from './news.ts';

/** Numbers what happens in a room, and keeps of it what a caller who comes or comes back must know. */
export class NewsDesk {
  readonly #events: Emitter<RoomEvents>;
  readonly #log = new NewsLog();
  readonly #captions = new Captions();

  constructor(events: Emitter<RoomEvents>) {
    this.#events = events;
    events.on('agent', (event) => {
      this.#captions.hear(event);
      this.#tell({ kind: 'agent', event });
    });
    for (const kind of ['caller-joined', 'caller-changed'] as const)
      events.on(kind, ({ card }) => this.#tell({ kind, caller: card }));
    events.on('caller-left', ({ id }) => this.#tell({ kind: 'caller-left', callerId: id }));
    for (const kind of ['producer-added', 'producer-removed'] as const)
      events.on(kind, (producer) => this.#tell({ kind, producer }));
    events.on('unreachable', ({ id }) => this.#tell({ kind: 'unreachable', callerId: id }));
  }

  /** The number of the latest news. */
  get seq(): number {
    return this.#log.seq;
  }

  /** What was said in the last turns, oldest first. */
  get captions(): readonly Caption[] {
    return this.#captions.lines;
  }

  /** What came after; undefined where that is not known any more. */
  since(seq: number): readonly NumberedNews[] | undefined {
    return this.#log.since(seq);
  }

  #tell(news: RoomNews): void {
    this.#events.emit('news', this.#log.add(news));
  }
}
