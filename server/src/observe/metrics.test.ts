import { afterEach, expect, test } from '@jest/globals';
import { Metrics, STAGES } from './metrics.ts';

const metrics = new Metrics();
afterEach(() => metrics.close());

test('a turn counts once and fills the histogram of each stage that happened', async () => {
  metrics.watch({ rooms: () => 2, callers: () => 3, workers: () => 1, hosts: () => 1, sessions: () => 2 });
  metrics.turn({ endpointing: 510, voice_to_voice: 900 });
  metrics.engineError('tts', 'engine-failed');
  metrics.workerDied();
  metrics.hostDied();
  metrics.request('join', 'ok');
  const text = await metrics.registry.metrics();
  expect(text).toContain('parley_turns_total 1');
  expect(text).toContain('parley_stage_milliseconds_sum{stage="voice_to_voice"} 900');
  expect(text).toContain('parley_stage_milliseconds_bucket{le="700",stage="endpointing"} 1');
  expect(text).not.toContain('stage="asr_final"');
  expect(text).toContain('parley_rooms 2');
  expect(text).toContain('parley_callers 3');
  expect(text).toContain('parley_engine_errors_total{stage="tts",code="engine-failed"} 1');
  expect(text).toContain('parley_media_worker_deaths_total 1');
  expect(text).toContain('parley_agent_host_deaths_total 1');
  expect(text).toMatch(/parley_event_loop_delay_milliseconds\{quantile="0.99"\} \d/);
  expect(text).not.toContain('NaN');
});

test('the stages are those that callers see', async () => {
  const { turnFigures } = await import('@parley/signaling/protocol');
  expect([...STAGES].sort()).toEqual(Object.keys(turnFigures.shape).sort());
});
