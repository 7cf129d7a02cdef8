import {
  ASR_ENGINES,
  FUNASR_MODE,
  FUNASR_MODES,
  LLM_ENGINES,
  OPENAI_MODELS,
  SHERPA_ASR_KINDS,
  SHERPA_TTS_KINDS,
  TTS_ENGINES,
  TURN_ENGINES,
  VAD_ENGINES,
} from '@parley/agent';
import * as z from 'zod';
import {
  apiKey,
  asrEntry,
  baseUrl,
  engineOf,
  llmEntry,
  localLlm,
  sherpaOf,
  socketUrl,
  ttsEntry,
} from './engine-entries.ts';
import { ms, some } from './kinds.ts';

export const engines = z.strictObject({
  models: z.enum(['auto', 'recommended', 'none']).default('auto').meta({
    env: 'PARLEY_MODELS',
    description:
      'Fetch models for stages that nobody has set, in the background: docs/engines-models.md. auto: under npm start.',
  }),
  openai: z
    .strictObject({
      apiKey: apiKey.meta({ env: 'OPENAI_API_KEY', secret: true, description: 'Key for every stage without its own.' }),
      baseUrl: baseUrl.meta({
        env: 'OPENAI_BASE_URL',
        description: 'Any OpenAI-compatible server, e.g. http://localhost:11434/v1; absent for OpenAI itself.',
      }),
    })
    .prefault({}),
  vad: z
    .strictObject({
      engine: z
        .enum(VAD_ENGINES)
        .default('silero-v6')
        .describe('Voice activity detection; webrtc costs the least and wants quiet rooms: docs/engines.md.'),
    })
    .prefault({}),
  turn: z
    .strictObject({
      engine: z
        .enum(TURN_ENGINES)
        .default('auto')
        .describe('Audio model that hears whether a caller has finished; auto fetches it once, in the background.'),
      model: some.optional().describe('Path of its ONNX file; absent for the one that is downloaded.'),
    })
    .prefault({}),
  asr: z
    .strictObject({
      engine: engineOf(ASR_ENGINES, asrEntry)
        .default('auto')
        .describe('Speech recognition; of several, the next one helps out: docs/engines.md.'),
      model: some
        .optional()
        .describe(
          `Model of the recognition server; absent for ${OPENAI_MODELS.asr}, with openai-realtime ${OPENAI_MODELS.realtime}.`,
        ),
      apiKey: apiKey.meta({ secret: true, description: 'Key of the recogniser alone.' }),
      baseUrl: socketUrl.describe('Server of the recogniser alone; of FunASR e.g. wss://localhost:10095.'),
      sherpa: sherpaOf(SHERPA_ASR_KINDS),
      funasr: z
        .strictObject({
          mode: z
            .enum(FUNASR_MODES)
            .default(FUNASR_MODE)
            .describe('2pass gives words at once and corrects them at the end, offline gives them at the end.'),
          anyCertificate: z
            .boolean()
            .default(false)
            .describe('Accept any certificate of the server; only where the network is yours.'),
          ca: some.optional().describe('PEM file of certificates to trust in place of the usual ones.'),
        })
        .prefault({}),
      timeoutMs: ms.default(15_000).describe('Time without an answer after which a request has failed, in ms.'),
    })
    .prefault({}),
  llm: z
    .strictObject({
      engine: engineOf(LLM_ENGINES, llmEntry)
        .default('auto')
        .describe('Language model; of several, the next one helps out: docs/engines.md.'),
      model: some
        .optional()
        .describe(`Model of the server; absent for ${OPENAI_MODELS.llm}, or the first that a server of yours has.`),
      local: localLlm,
      temperature: z.number().min(0).max(2).optional().describe('Freedom of the answers; absent for the model’s own.'),
      maxTokens: z.int().min(1).default(400).describe('Longest answer, in tokens.'),
      apiKey: apiKey.meta({ secret: true, description: 'Key of the language model alone.' }),
      baseUrl: baseUrl.describe('Server of the language model alone.'),
      timeoutMs: ms.default(20_000).describe('Time without an answer after which a request has failed, in ms.'),
    })
    .prefault({}),
  tts: z
    .strictObject({
      engine: engineOf(TTS_ENGINES, ttsEntry)
        .default('auto')
        .describe('Speech synthesis; of several, the next one helps out: docs/engines.md.'),
      model: some
        .optional()
        .describe(`Model of the speech server; absent for OpenAI's ${OPENAI_MODELS.tts}, or Google's usual voices.`),
      format: z
        .enum(['pcm', 'opus'])
        .default('pcm')
        .describe('What it is asked for; opus is a tenth of the bytes, and is passed on as it is.'),
      apiKey: apiKey.meta({ secret: true, description: 'Key of the speech server alone.' }),
      baseUrl: baseUrl.describe('Speech server alone.'),
      sherpa: sherpaOf(SHERPA_TTS_KINDS),
      timeoutMs: ms.default(15_000).describe('Time without an answer after which a request has failed, in ms.'),
    })
    .prefault({}),
});
