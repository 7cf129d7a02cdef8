import type { AgentState, NoticeName, NoticeOf, TurnFigures } from '@parley/signaling/protocol';
import type { Signaling } from './signaling.ts';

type Watch = () => void;

/** What the server has told this caller, kept so that one can wait for it. */
export class Notices {
  readonly problems: string[] = [];
  /** Replies that are over; `at` is the clock's ms at which that was told. */
  readonly finished: (NoticeOf<'reply-text'> & { readonly at: number })[] = [];
  readonly transcripts: NoticeOf<'transcript'>[] = [];
  /** The figures of each turn, by its number. */
  readonly figures = new Map<number, TurnFigures>();
  /** What was told, in short and in order; `at` is the clock's ms. */
  readonly log: { readonly at: number; readonly text: string }[] = [];
  state: AgentState;
  readonly #watches = new Set<Watch>();

  constructor(signaling: Signaling, state: AgentState) {
    this.state = state;
    const on = <N extends NoticeName>(name: N, take: (notice: NoticeOf<N>) => void): void => {
      signaling.on(name, (notice) => {
        this.log.push({ at: performance.now(), text: `${name} ${JSON.stringify(notice)}` });
        take(notice);
        for (const watch of this.#watches) watch();
      });
    };
    on('agent-state', (notice) => {
      this.state = notice.state;
    });
    on('turn-metrics', ({ turn, figures }) => this.figures.set(turn, { ...this.figures.get(turn), ...figures }));
    on('transcript', (notice) => void (notice.final && this.transcripts.push(notice)));
    on('reply-text', (notice) => void (notice.final && this.finished.push({ ...notice, at: performance.now() })));
    on('problem', ({ code, stage, message }) => this.problems.push(`${code} ${stage ?? ''}: ${message}`));
    on('call-ended', ({ reason, message }) => this.problems.push(`call ended, ${reason}: ${message}`));
  }

  /** The first value that is not undefined, now or after some notice. */
  until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const watch = (): void => {
        const found = look();
        if (found === undefined) return;
        this.#watches.delete(watch);
        resolve(found);
      };
      this.#watches.add(watch);
      watch();
    });
  }
}
