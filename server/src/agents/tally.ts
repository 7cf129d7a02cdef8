import type { SessionEvent } from '@parley/agent';
import type { Metrics, StageName } from '../observe/index.ts';

type Figures = Extract<SessionEvent, { type: 'turn-metrics' }>['figures'];

/** Turns whose figures may still grow; the oldest is forgotten first. */
const TURNS_REMEMBERED = 16;

/** Counts what one session tells. Figures of a turn come in parts that repeat those before: each stage counts once. */
export class Tally {
  readonly #metrics: Metrics;
  readonly #turns = new Map<number, Set<StageName>>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  count(event: SessionEvent): void {
    switch (event.type) {
      case 'turn-metrics':
        this.#turn(event.turn, event.figures);
        break;
      case 'tool':
        if (event.status !== 'running') this.#metrics.toolCall(event.origin, event.status, event.ms);
        break;
      case 'speculation':
        this.#metrics.speculation(event.outcome, event.tokens);
        break;
      case 'incident':
        this.#metrics.incident(event.incident, event.stage ?? 'unknown');
        break;
      case 'error':
        this.#metrics.engineError(event.stage ?? 'session', event.code);
        break;
    }
  }

  #turn(turn: number, figures: Figures): void {
    const counted = this.#turns.get(turn) ?? this.#open(turn);
    for (const [stage, ms] of Object.entries(figures) as [StageName, number | undefined][]) {
      if (ms === undefined || counted.has(stage)) continue;
      counted.add(stage);
      this.#metrics.stage(stage, ms);
    }
  }

  #open(turn: number): Set<StageName> {
    const counted = new Set<StageName>();
    this.#turns.set(turn, counted);
    this.#metrics.turn();
    const [oldest] = this.#turns.keys();
    if (oldest !== undefined && this.#turns.size > TURNS_REMEMBERED) this.#turns.delete(oldest);
    return counted;
  }
}
