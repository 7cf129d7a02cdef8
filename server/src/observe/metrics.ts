import { Counter, Histogram, Registry } from 'prom-client';
import { type Levels, watchLevels } from './levels.ts';
import { watchProcess } from './process-figures.ts';

/** The stages of a turn, under the names that the page, the notices and the bench use too. */
export const STAGES = [
  'endpointing',
  'asr_final',
  'llm_first_token',
  'tts_first_audio',
  'first_packet',
  'voice_to_voice',
  'barge_in_stop',
  'speculation_saved',
] as const;
export type StageName = (typeof STAGES)[number];

/** Upper bounds of the latency histograms, in ms: fine where a conversation feels the difference. */
const LATENCY_BUCKETS = [10, 25, 50, 100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000, 10_000];

/** Tools may be slow without being wrong, in ms. */
const TOOL_BUCKETS = [10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

type ToolOrigin = 'webhook' | 'mcp' | 'client';

/** Everything that is counted. Labels come from closed sets only: no room, caller or message text. */
export class Metrics {
  readonly registry = new Registry();
  readonly #turns: Counter;
  readonly #stages: Histogram<'stage'>;
  readonly #speculations: Counter<'outcome'>;
  readonly #speculationTokens: Counter<'outcome'>;
  readonly #toolCalls: Counter<'origin' | 'status'>;
  readonly #toolTimes: Histogram<'origin'>;
  readonly #incidents: Counter<'incident' | 'stage'>;
  readonly #engineFallbacks: Counter<'stage' | 'engine'>;
  readonly #engineErrors: Counter<'stage' | 'code'>;
  readonly #webhooks: Counter<'event' | 'fate'>;
  readonly #workerDeaths: Counter;
  readonly #hostDeaths: Counter;
  readonly #callsReattached: Counter;
  readonly #callsRefused: Counter;
  readonly #requests: Counter<'request' | 'outcome'>;
  readonly #stopWatching: () => void;

  constructor() {
    const registers = [this.registry];
    const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
      new Counter({ name, help, labelNames, registers });
    this.#turns = counter('parley_turns_total', 'Turns that were answered or measured.');
    this.#stages = new Histogram({
      name: 'parley_stage_milliseconds',
      help: 'Latency of each stage of a turn, on the media clock.',
      labelNames: ['stage'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#speculations = counter(
      'parley_speculations_total',
      'Answers prepared before the turn was over; adopted / (adopted + dropped) is the hit ratio.',
      'outcome',
    );
    this.#speculationTokens = counter(
      'parley_speculation_tokens_total',
      'Tokens of answers prepared before the turn was over, estimated where not told; those dropped are wasted.',
      'outcome',
    );
    this.#toolCalls = counter(
      'parley_tool_calls_total',
      'Calls of tools that are over, by who ran the tool and how it ended.',
      'origin',
      'status',
    );
    this.#toolTimes = new Histogram({
      name: 'parley_tool_milliseconds',
      help: 'How long calls of tools took that are over, however they ended.',
      labelNames: ['origin'],
      buckets: TOOL_BUCKETS,
      registers,
    });
    this.#incidents = counter(
      'parley_incidents_total',
      'What callers should not have to live through, mended as far as it could be, by the stage at fault.',
      'incident',
      'stage',
    );
    this.#engineFallbacks = counter(
      'parley_engine_fallbacks_total',
      'Calls that another engine took over from this one, because it failed or kept the caller waiting.',
      'stage',
      'engine',
    );
    this.#engineErrors = counter(
      'parley_engine_errors_total',
      'Failures of engines and agent sessions, by stage.',
      'stage',
      'code',
    );
    this.#webhooks = counter(
      'parley_webhooks_total',
      'Webhook events delivered, given up and dropped for want of room; failed: attempts that are made again.',
      'event',
      'fate',
    );
    this.#workerDeaths = counter('parley_media_worker_deaths_total', 'Media workers that died and were started again.');
    this.#hostDeaths = counter('parley_agent_host_deaths_total', 'Agent hosts that died and were started again.');
    this.#callsReattached = counter(
      'parley_calls_reattached_total',
      'Calls whose agent host died and that another one has taken up.',
    );
    this.#callsRefused = counter(
      'parley_calls_refused_total',
      'Calls that were refused so that those that run are not harmed.',
    );
    this.#requests = counter(
      'parley_signaling_requests_total',
      'Signaling requests, by name and outcome.',
      'request',
      'outcome',
    );
    this.#stopWatching = watchProcess(this.registry);
  }

  /** Says where the current numbers are read; called once by the composition root. */
  watch(levels: Levels): void {
    watchLevels(levels, this.registry);
  }

  turn(): void {
    this.#turns.inc();
  }

  /** Once for each stage of a turn. */
  stage(stage: StageName, ms: number): void {
    this.#stages.observe({ stage }, ms);
  }

  speculation(outcome: 'adopted' | 'dropped', tokens: number): void {
    this.#speculations.inc({ outcome });
    this.#speculationTokens.inc({ outcome }, tokens);
  }

  /** Not by name: callers bring tools of their own. */
  toolCall(origin: ToolOrigin, status: 'done' | 'failed' | 'cancelled', ms?: number): void {
    this.#toolCalls.inc({ origin, status });
    if (ms !== undefined) this.#toolTimes.observe({ origin }, ms);
  }

  incident(incident: 'silence' | 'fallback' | 'host-died', stage: string): void {
    this.#incidents.inc({ incident, stage });
  }

  engineFallback(stage: string, engine: string): void {
    this.#engineFallbacks.inc({ stage, engine });
  }

  engineError(stage: string, code: string): void {
    this.#engineErrors.inc({ stage, code });
  }

  webhook(event: string, fate: 'delivered' | 'failed' | 'given-up' | 'dropped'): void {
    this.#webhooks.inc({ event, fate });
  }

  workerDied(): void {
    this.#workerDeaths.inc();
  }

  hostDied(): void {
    this.#hostDeaths.inc();
  }

  callReattached(): void {
    this.#callsReattached.inc();
  }

  callRefused(): void {
    this.#callsRefused.inc();
  }

  /** `request` must be a known name or `unknown`. */
  request(request: string, outcome: string): void {
    this.#requests.inc({ request, outcome });
  }

  close(): void {
    this.#stopWatching();
    this.registry.clear();
  }
}
