import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SessionEvent } from '@parley/agent';
import { Metrics } from '../observe/index.ts';
import { Tally } from './tally.ts';

let metrics: Metrics;
let tally: Tally;
beforeEach(() => {
  metrics = new Metrics();
  tally = new Tally(metrics);
});
afterEach(() => metrics.close());

const counted = (): Promise<string> => metrics.registry.metrics();
const turn = (number: number, figures: Extract<SessionEvent, { type: 'turn-metrics' }>['figures']): void =>
  tally.count({ type: 'turn-metrics', turn: number, figures });

test('a turn whose figures come in parts counts once, and so does each of its stages', async () => {
  turn(1, { endpointing: 510, voice_to_voice: 900 });
  turn(1, { endpointing: 510, voice_to_voice: 900, barge_in_stop: 120 });
  turn(2, { voice_to_voice: 700 });
  turn(1, { endpointing: 510, voice_to_voice: 900, barge_in_stop: 120 });
  const text = await counted();
  expect(text).toContain('parley_turns_total 2');
  expect(text).toContain('parley_stage_milliseconds_count{stage="endpointing"} 1');
  expect(text).toContain('parley_stage_milliseconds_sum{stage="voice_to_voice"} 1600');
  expect(text).toContain('parley_stage_milliseconds_count{stage="voice_to_voice"} 2');
  expect(text).toContain('parley_stage_milliseconds_sum{stage="barge_in_stop"} 120');
});

test('turns of the same number in different sessions are different turns', async () => {
  turn(1, { voice_to_voice: 900 });
  new Tally(metrics).count({ type: 'turn-metrics', turn: 1, figures: { voice_to_voice: 800 } });
  expect(await counted()).toContain('parley_stage_milliseconds_count{stage="voice_to_voice"} 2');
});

test('a long call counts every turn', async () => {
  for (let number = 1; number <= 100; number++) turn(number, { voice_to_voice: 1 });
  expect(await counted()).toContain('parley_turns_total 100');
});

test('a tool counts when it is over', async () => {
  const tool = { type: 'tool', turn: 1, call: 'c1', name: 'get_weather', origin: 'client' } as const;
  tally.count({ ...tool, status: 'running' });
  tally.count({ ...tool, status: 'done', ms: 300 });
  const text = await counted();
  expect(text).toContain('parley_tool_calls_total{origin="client",status="done"} 1');
  expect(text).not.toContain('running');
  expect(text).not.toContain('get_weather');
});

test('guesses, incidents and errors are counted by their kind', async () => {
  tally.count({ type: 'speculation', outcome: 'dropped', tokens: 12 });
  tally.count({ type: 'incident', incident: 'silence' });
  tally.count({ type: 'incident', incident: 'fallback', stage: 'tts' });
  tally.count({ type: 'error', code: 'session-failed', message: 'gone', retryable: false });
  const text = await counted();
  expect(text).toContain('parley_speculation_tokens_total{outcome="dropped"} 12');
  expect(text).toContain('parley_incidents_total{incident="silence",stage="unknown"} 1');
  expect(text).toContain('parley_incidents_total{incident="fallback",stage="tts"} 1');
  expect(text).toContain('parley_engine_errors_total{stage="session",code="session-failed"} 1');
});
