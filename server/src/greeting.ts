import type { Started } from './app.ts';
import { VERSION } from './version.ts';

const NAMES = { vad: 'voice detection', asr: 'recognition', llm: 'language model', tts: 'speech' } as const;

/** What people read when the server is up. */
export function startedText({ url, mediaPorts, engines, passphrase }: Started): string {
  const rows = engines.map(({ stage, engine, reason, lite }) => {
    const name = NAMES[stage].padEnd(16);
    return `  ${name} ${engine}${lite ? ' (lite)' : ''}: ${reason}`;
  });
  return [
    '',
    `Parley ${VERSION} is ready. Open ${url} and press "Start call".`,
    ...(passphrase ? [`Others can reach it, so the page asks for a passphrase: ${passphrase}`] : []),
    '',
    ...rows,
    `  ${'audio'.padEnd(16)} UDP and TCP port ${mediaPorts.join(', ')}`,
    `  ${'API'.padEnd(16)} ${url}/docs`,
    ...(engines.some(({ lite }) => lite) ? ['', ...HOW_TO_CONNECT] : []),
    '',
  ].join('\n');
}

const HOW_TO_CONNECT = [
  'The lite engines need nothing and know little. For a real model put one of these into .env and start again:',
  '  OPENAI_API_KEY=...                           OpenAI, or with OPENAI_BASE_URL any server that speaks its API',
  '  OPENAI_BASE_URL=http://localhost:11434/v1    e.g. Ollama on this machine',
];
