import { ManualClock, OpenAiServer } from '../../testing/index.ts';
import type { SpeechAnswer } from '../../testing/openai-script.ts';
import { OpenAiTts } from './openai.ts';
import { keepsTheTtsContract, type TtsUnderTest } from './testing/contract.ts';
import { PIECE_MS, piecesFor, type SpeechAsked, type SpeechDouble } from './testing/scripted-speech.ts';

const TIMEOUT_MS = 15_000;
const RATE = 24_000;
const STATUS = { auth: 401, 'rate-limited': 429, 'bad-request': 400, unavailable: 500, unsupported: 501, timeout: 504 };

/** OpenAI's scripted server, told what to do as the others are. */
async function start(): Promise<TtsUnderTest> {
  const server = await OpenAiServer.start();
  const asked: SpeechAsked[] = [];
  const service: SpeechDouble = { script: { kind: 'speak' }, asked, close: () => server.close() };
  server.script.speak = ({ body, ended }): SpeechAnswer | { status: number } => {
    const text = String(body.input);
    asked.push({ text, details: body, ended });
    const { script } = service;
    const samples = Int16Array.from(piecesFor(text, RATE).flatMap((piece) => [...piece]));
    const audio = { samples, pieceBytes: (PIECE_MS * RATE * 2) / 1000 };
    if (script.kind === 'refuse') return { status: STATUS[script.as] };
    if (script.kind === 'stall') return { ...audio, trouble: 'hang', after: script.after };
    if (script.kind === 'break-off') return { ...audio, trouble: 'break-off', after: script.after };
    return audio;
  };
  const clock = new ManualClock();
  const settings = { model: 'gpt-4o-mini-tts', format: 'pcm', timeoutMs: TIMEOUT_MS } as const;
  const tts = new OpenAiTts({ access: { apiKey: 'sk-secret', baseUrl: server.url }, settings, clock });
  return { tts, service, clock, timeoutMs: TIMEOUT_MS };
}

keepsTheTtsContract('OpenAI', start, {
  refusals: ['auth', 'rate-limited', 'bad-request', 'unavailable', 'unsupported', 'timeout'],
  hasFraming: false,
});
