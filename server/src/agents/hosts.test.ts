import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sessionSettings } from '@parley/agent/testing';
import { pino } from 'pino';
import { Metrics } from '../observe/index.ts';
import { FakeHost } from '../testing/fake-host.ts';
import { AgentHosts } from './hosts.ts';

const LLM = { stage: 'llm', engine: 'openai' } as const;
const ASR = { stage: 'asr', engine: 'openai' } as const;
const fakes: FakeHost[] = [];
let metrics: Metrics;
let hosts: AgentHosts;

beforeEach(async () => {
  fakes.length = 0;
  metrics = new Metrics();
  hosts = new AgentHosts({
    startHost: async (options) => {
      const fake = new FakeHost(options);
      fakes.push(fake);
      return fake;
    },
    host: { engines: {} as never, tools: {} as never },
    threads: 2,
    settings: sessionSettings(),
    log: pino({ level: 'silent' }),
    metrics,
  });
  await hosts.start();
});
afterEach(async () => {
  await hosts.close();
  metrics.close();
});

test('an engine is up where no host passes it over', () => {
  const [first, second] = fakes as [FakeHost, FakeHost];
  first.health = [
    { ...LLM, up: true },
    { ...ASR, up: true },
  ];
  second.health = [
    { ...LLM, up: false },
    { ...ASR, up: true },
  ];
  expect(hosts.health).toEqual([
    { ...LLM, up: false },
    { ...ASR, up: true },
  ]);
  second.health = first.health;
  expect(hosts.health).toEqual([
    { ...LLM, up: true },
    { ...ASR, up: true },
  ]);
});

test('what one engine took over from another is counted', async () => {
  for (const { options } of fakes)
    options.onFallback?.({ stage: 'tts', from: 'openai', to: 'espeak', reason: 'timeout' });
  const text = await metrics.registry.metrics();
  expect(text).toContain('parley_engine_fallbacks_total{stage="tts",engine="openai"} 2');
  expect(text).toContain('parley_incidents_total{incident="fallback",stage="tts"} 2');
});

test('renewed hosts serve the calls that begin then, with the engines and the voices that are at hand now', async () => {
  const old = [...fakes];
  await hosts.voices.known();
  await hosts.renew();
  const [third] = fakes.slice(2);
  Object.assign(third!, { choices: [{ ...LLM, engine: 'local', reason: 'a model came', lite: false }] });
  expect(hosts.choices).toMatchObject([{ engine: 'local' }]);
  expect(hosts.alive).toBe(2);
  expect(fakes).toHaveLength(4);
  expect(old).not.toContain(third);
});
