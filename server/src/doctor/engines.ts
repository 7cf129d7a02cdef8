import { type EngineChoice, startAgentHost } from '@parley/agent';
import type { Config } from '../config/index.ts';
import { Finder, type Finding } from './finding.ts';

const STAGES = {
  vad: 'voice detection',
  asr: 'recognition',
  llm: 'language model',
  tts: 'speech',
  turn: 'turns',
} as const;

/** Starts an agent host, as the server would, and asks it what it chose. */
export async function checkEngines({ engines, tools }: Config): Promise<Finding[]> {
  try {
    const host = await startAgentHost({ engines, tools });
    const choices = [...host.choices];
    await host.close();
    return choices.map(judged);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return [new Finder('engines').failed(says, 'Set up what it names, or choose another engine: docs/engines.md.')];
  }
}

function judged({ stage, engine, reason, lite }: EngineChoice): Finding {
  const find = new Finder(STAGES[stage as keyof typeof STAGES] ?? stage);
  if (!lite) return find.ok(`${engine}: ${reason}`);
  return find.warning(
    `${engine} (lite): ${reason}`,
    'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, or fetch a model: `npm run models`.',
  );
}
