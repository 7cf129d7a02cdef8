import {
  ANSWER_POLICIES,
  ASR_ENGINES,
  EMOTIONS,
  FUNASR_MODE,
  FUNASR_MODES,
  LLM_ENGINES,
  OPENAI_MODELS,
  SHERPA_ASR_KINDS,
  SHERPA_TTS_KINDS,
  TTS_ENGINES,
  TURN_ENGINES,
  TURN_PRESETS,
  VAD_ENGINES,
} from '@parley/agent';
import * as z from 'zod';

/** What the loader must know of a key besides its schema; put there with `.meta()`. */
export interface KeyMeta {
  /** A short environment variable beside the derived PARLEY_ one. */
  readonly env?: string;
  /** Never printed. */
  readonly secret?: boolean;
}

const port = z.int().min(0).max(65_535);
const ms = z.int().min(0).max(3_600_000);
const some = z.string().min(1);
const url = z.url({ protocol: /^https?$/ });
const languageTag = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);

const server = z.strictObject({
  host: some
    .default('127.0.0.1')
    .meta({ env: 'HOST', description: 'Address to listen on; 0.0.0.0 to be reached from other machines.' }),
  port: port.default(8000).meta({ env: 'PORT', description: 'HTTP and signaling port; 0 for any free one.' }),
  allowedOrigins: z
    .array(z.union([z.literal('*'), url]))
    .default([])
    .describe('Other sites whose pages may connect, e.g. https://example.com; "*" for all.'),
  trustProxy: z.boolean().default(false).describe('Believe X-Forwarded-* headers; only behind a proxy of your own.'),
  apiToken: some.optional().meta({
    secret: true,
    description: 'Who lists rooms over HTTP must send it as a bearer token; absent: only this machine may list them.',
  }),
  demoDir: z.string().default('').describe('Folder of the demo page; empty for the one that `npm run build` makes.'),
});

const media = z.strictObject({
  port: port
    .default(44_444)
    .describe('UDP and TCP port for all audio of a worker; worker n listens on port + n. 0 for any free one.'),
  workers: z
    .union([z.literal('auto'), z.int().min(1).max(64)])
    .default(1)
    .describe('mediasoup workers; one carries some 300 calls and needs one port. auto: one for each core.'),
  listen: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .default(['0.0.0.0', '::'])
    .describe('Addresses to listen on for audio; IPv6 is left out where the machine has none.'),
  announcedAddress: some.optional().meta({
    env: 'ANNOUNCED_ADDRESS',
    description: 'IP or name under which browsers reach the media port; absent: as they reached this server.',
  }),
  logLevel: z.enum(['debug', 'warn', 'error', 'none']).default('error').describe('What mediasoup workers log.'),
});

const agent = z.strictObject({
  instructions: z
    .string()
    .default(
      'You are a friendly voice assistant. You are heard, not read: answer in one to three short spoken sentences, ' +
        'without lists, markup or emoji. If what was said seems misheard, ask. Answer in the language of the caller.',
    )
    .describe('What the language model is told about its role.'),
  greeting: z
    .string()
    .optional()
    .describe('Spoken when the first caller can hear; empty for none, absent for a word of welcome.'),
  language: languageTag.optional().describe('Language tag such as en or pt-BR; absent to let the engines find out.'),
  voice: some.optional().describe("Name of the voice, as the speech engine calls it; absent for the engine's own."),
  voices: z
    .record(languageTag, some)
    .default({})
    .describe('Voices by the language of what is said, which go before agent.voice: { zh: ..., en: ... }.'),
  speed: z.number().min(0.25).max(4).optional().describe('Speed of speech; 1 is normal.'),
  pitch: z.number().min(0.25).max(4).optional().describe('Pitch of the voice; 1 is normal.'),
  emotion: z.enum(EMOTIONS).optional().describe('How to sound, where the speech engine can.'),
  inlineEmotions: z
    .boolean()
    .default(true)
    .describe('Let the language model set the emotion sentence by sentence: docs/voices.md.'),
  contextTokens: z
    .int()
    .min(256)
    .default(4000)
    .describe('Budget of the history that is given to the language model, in tokens.'),
  turnPreset: z
    .enum(TURN_PRESETS)
    .default('balanced')
    .describe('How soon the agent takes its turn, and gives way: docs/turn-taking.md.'),
  endpointingMs: ms
    .optional()
    .describe('A fixed silence that ends each turn, in ms; absent: words, pauses and length decide.'),
  interruptionMs: ms
    .optional()
    .describe('Speech over the agent of this length takes the floor whatever it says, in ms; absent: words decide.'),
  speculation: z
    .boolean()
    .default(true)
    .describe('Prepare answers before the turn is over: faster, and costs tokens where the guess was wrong.'),
  answers: z
    .enum(ANSWER_POLICIES)
    .default('every-turn')
    .describe('When the agent answers; with several callers, when-named waits for one of its names.'),
  names: z
    .array(some)
    .min(1)
    .default(['Parley', 'assistant', '助手'])
    .describe('What callers may call the agent, for answers: when-named.'),
  silenceWatchdogMs: ms
    .default(3000)
    .describe('An answer that is not heard after this is bridged by a few words, in ms; 0 for never.'),
  toolFillerMs: ms
    .default(1500)
    .describe('A tool that takes longer than this is bridged by a few words, in ms; 0 for never.'),
  summarise: z
    .boolean()
    .default(true)
    .describe('Let the language model sum up turns that no longer fit into contextTokens; else they are dropped.'),
  idlePromptMs: ms
    .default(60_000)
    .describe('Nobody spoke for this long: the agent asks whether somebody is there, in ms; 0 for never.'),
  idlePrompts: z
    .int()
    .min(0)
    .max(100)
    .default(2)
    .describe('How often it asks before it says good-bye and ends the call.'),
  maxCallMinutes: z
    .int()
    .min(0)
    .default(120)
    .describe('The agent says good-bye and ends the call after this, in minutes; 0 for never.'),
  threads: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('Threads that hear and speak; one is enough for dozens of calls.'),
});

const apiKey = some.optional();
const baseUrl = url.optional();

/** FunASR's servers are named by WebSocket addresses too. */
const socketUrl = z.url({ protocol: /^(https?|wss?)$/ }).optional();
const threads = z.int().min(1).max(64).optional();

/** Entries of lists: one engine with an access of its own, or with a model of its own on this machine. */
const asrEntry = z.strictObject({
  engine: z.enum(ASR_ENGINES),
  apiKey,
  baseUrl: socketUrl,
  model: some.optional(),
  kind: z.enum(SHERPA_ASR_KINDS).optional(),
  threads,
  mode: z.enum(FUNASR_MODES).optional(),
  anyCertificate: z.boolean().optional(),
  ca: some.optional(),
});
const llmEntry = z.strictObject({ engine: z.enum(LLM_ENGINES), apiKey, baseUrl, model: some.optional() });
const ttsEntry = z.strictObject({
  engine: z.enum(TTS_ENGINES),
  apiKey,
  baseUrl,
  model: some.optional(),
  voice: some.optional(),
  kind: z.enum(SHERPA_TTS_KINDS).optional(),
  threads,
});

/** A model of sherpa-onnx on this machine. */
const sherpaOf = <Kind extends string>(kinds: readonly Kind[]) =>
  z
    .strictObject({
      model: some
        .optional()
        .describe('Folder of its model, or name of one in the cache; absent for the one that is installed.'),
      kind: z.enum(kinds).optional().describe('What the model is; absent to find out.'),
      threads: threads.describe('Threads of one inference; absent for half the processors, at most four.'),
    })
    .prefault({});

/** One engine, the best at hand, or several that are tried in order. */
const engineOf = <Name extends string, Entry extends z.ZodType>(names: readonly Name[], entry: Entry) =>
  z.union([z.enum(['auto', ...names]), z.array(z.union([z.enum(names), entry])).min(1)]);

const engines = z.strictObject({
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
      format: z.enum(['pcm', 'opus']).default('pcm').describe('What it is asked for; opus is a tenth of the bytes.'),
      apiKey: apiKey.meta({ secret: true, description: 'Key of the speech server alone.' }),
      baseUrl: baseUrl.describe('Speech server alone.'),
      sherpa: sherpaOf(SHERPA_TTS_KINDS),
      timeoutMs: ms.default(15_000).describe('Time without an answer after which a request has failed, in ms.'),
    })
    .prefault({}),
});

const toolLimits = {
  timeoutMs: ms.default(10_000).describe('Time after which the language model is told that it took too long, in ms.'),
  cancelOnInterrupt: z
    .boolean()
    .default(false)
    .describe('Give it up when the caller interrupts; else it runs to its end.'),
  filler: z.string().optional().describe('Said when it takes long; empty for nothing, absent for a few usual words.'),
};
const toolName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const headers = z.record(z.string(), z.string()).default({});

const webhook = z.strictObject({
  name: toolName.describe('What the language model calls it.'),
  description: some.describe('What it does and when to use it, for the language model.'),
  parameters: z
    .record(z.string(), z.json())
    .default({ type: 'object', properties: {} })
    .describe('JSON Schema of the arguments.'),
  url: url.describe('Address that is requested.'),
  method: z.enum(['GET', 'POST']).default('POST').describe('POST sends the arguments as JSON, GET in the query.'),
  headers: headers.describe('Headers of the request, such as a key.'),
  ...toolLimits,
});

const mcpServer = z
  .strictObject({
    command: some.optional().describe('Program to start, which speaks MCP on its standard streams...'),
    args: z.array(z.string()).default([]).describe('...its arguments...'),
    env: z.record(z.string(), z.string()).default({}).describe('...and more environment for it.'),
    url: url.optional().describe('Or the address of a server (streamable HTTP)...'),
    headers: headers.describe('...and headers for it, such as a key.'),
    only: z.array(some).optional().describe('Tools to offer; absent for all.'),
    ...toolLimits,
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), 'give either command or url');

const tools = z.strictObject({
  webhooks: z.array(webhook).default([]).describe('Tools that are HTTP requests: docs/tools.md.'),
  mcpServers: z
    .record(toolName, mcpServer)
    .default({})
    .describe('Servers of the Model Context Protocol, by name: docs/tools.md.'),
});

const limits = z.strictObject({
  rooms: z.int().min(1).default(200).describe('Rooms at the same time.'),
  callersPerRoom: z.int().min(1).max(64).default(8).describe('Callers in one room.'),
  emptyRoomMs: ms.default(5000).describe('How long an empty room waits for a caller to come back, in ms.'),
  messageBytes: z.int().min(16_384).max(1_048_576).default(65_536).describe('Longest signaling message, in bytes.'),
  requestsPerSecond: z.number().min(1).default(20).describe('Requests a second of one connection, on average.'),
  requestBurst: z.int().min(20).default(60).describe('Requests of one connection at once.'),
});

const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ env: 'DEBUG', description: 'How much is logged. DEBUG=1 means debug.' }),
  format: z
    .enum(['auto', 'pretty', 'json'])
    .default('auto')
    .describe('auto: lines for people on a terminal, JSON otherwise.'),
});

/** Every key, its default and its description. Documentation and environment variables derive from it. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe('HTTP and signaling.'),
  media: media.prefault({}).describe('Audio between browsers and this server.'),
  agent: agent.prefault({}).describe('The agent and how a conversation goes.'),
  engines: engines
    .prefault({})
    .describe('Which engine serves each stage. auto takes the best that is at hand; the start-up says which and why.'),
  tools: tools.prefault({}).describe('What the language model can call: docs/tools.md.'),
  limits: limits.prefault({}).describe('Bounds that keep one caller from taking everything.'),
  log: log.prefault({}).describe('The log.'),
});

export type Config = z.output<typeof configSchema>;
