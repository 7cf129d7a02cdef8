import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Metrics, STAGES } from './metrics.ts';

let metrics: Metrics;
beforeEach(() => {
  metrics = new Metrics();
});
afterEach(() => metrics.close());

test('what happens is counted, and the current numbers are read when a scrape comes', async () => {
  metrics.watch({
    ...{ rooms: () => 2, callers: () => 3, workers: () => 1, hosts: () => 1, sessions: () => 2, webhooks: () => 0 },
    ...{ load: () => 0.5, capacity: () => 40, overloaded: () => false },
    engines: () => [
      { stage: 'asr', engine: 'openai', up: false },
      { stage: 'asr', engine: 'pocketsphinx', up: true },
    ],
  });
  metrics.turn();
  metrics.stage('endpointing', 510);
  metrics.stage('voice_to_voice', 900);
  metrics.engineError('tts', 'engine-failed');
  metrics.engineFallback('asr', 'openai');
  metrics.workerDied();
  metrics.hostDied();
  metrics.callRefused();
  metrics.request('join', 'ok');
  const text = await metrics.registry.metrics();
  expect(text).toContain('parley_turns_total 1');
  expect(text).toContain('parley_stage_milliseconds_sum{stage="voice_to_voice"} 900');
  expect(text).toContain('parley_stage_milliseconds_bucket{le="700",stage="endpointing"} 1');
  expect(text).not.toContain('stage="asr_final"');
  expect(text).toContain('parley_rooms 2');
  expect(text).toContain('parley_callers 3');
  expect(text).toContain('parley_load_ratio 0.5');
  expect(text).toContain('parley_capacity_calls 40');
  expect(text).toContain('parley_overloaded 0');
  expect(text).toContain('parley_calls_refused_total 1');
  expect(text).toContain('parley_engine_up{stage="asr",engine="openai"} 0');
  expect(text).toContain('parley_engine_up{stage="asr",engine="pocketsphinx"} 1');
  expect(text).toContain('parley_engine_fallbacks_total{stage="asr",engine="openai"} 1');
  expect(text).toContain('parley_engine_errors_total{stage="tts",code="engine-failed"} 1');
  expect(text).toContain('parley_media_worker_deaths_total 1');
  expect(text).toContain('parley_agent_host_deaths_total 1');
  expect(text).toMatch(/parley_event_loop_delay_milliseconds\{quantile="0.99"\} \d/);
  expect(text).not.toContain('NaN');
});

test('a guess tells whether it was right and what it cost', async () => {
  metrics.speculation('adopted', 40);
  metrics.speculation('adopted', 20);
  metrics.speculation('dropped', 15);
  const text = await metrics.registry.metrics();
  expect(text).toContain('parley_speculations_total{outcome="adopted"} 2');
  expect(text).toContain('parley_speculations_total{outcome="dropped"} 1');
  expect(text).toContain('parley_speculation_tokens_total{outcome="dropped"} 15');
});

test('tools are told apart by who runs them, never by name', async () => {
  metrics.toolCall('client', 'done', 120);
  metrics.toolCall('client', 'failed', 40);
  metrics.toolCall('mcp', 'cancelled');
  metrics.incident('silence', 'llm');
  const text = await metrics.registry.metrics();
  expect(text).toContain('parley_tool_calls_total{origin="client",status="done"} 1');
  expect(text).toContain('parley_tool_calls_total{origin="mcp",status="cancelled"} 1');
  expect(text).toContain('parley_tool_milliseconds_sum{origin="client"} 160');
  expect(text).not.toContain('parley_tool_milliseconds_sum{origin="mcp"}');
  expect(text).toContain('parley_incidents_total{incident="silence",stage="llm"} 1');
});

test('the stages are those that callers see', async () => {
  const { turnFigures } = await import('@parley/signaling/protocol');
  expect([...STAGES].sort()).toEqual(Object.keys(turnFigures.shape).sort());
});
