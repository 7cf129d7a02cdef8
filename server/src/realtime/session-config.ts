import * as z from 'zod';
import type { AgentWishes, ClientTool } from '../rooms/index.ts';
import type { AudioFormat } from './audio.ts';

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  z.object({ type: z.literal('audio/pcmu') }),
  z.object({ type: z.literal('audio/pcma') }),
]);

const turnDetection = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('server_vad'),
    threshold: z.number().min(0).max(1).optional(),
    prefix_padding_ms: z.int().min(0).optional(),
    silence_duration_ms: z.int().min(100).max(10_000).optional(),
    idle_timeout_ms: z.null().optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('semantic_vad'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
  }),
]);

const tool = z.object({
  type: z.literal('function'),
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  description: z.string().max(4096).default(''),
  parameters: z.record(z.string(), z.unknown()).default({ type: 'object', properties: {} }),
});

/** Spoken, or written; of both the transcript is the text. */
export const modalities = z
  .array(z.enum(['audio', 'text']))
  .length(1, "['audio'] or ['text']: what is spoken comes with its transcript");
export type Modalities = z.output<typeof modalities>;

export const isWritten = ([modality]: Modalities): boolean => modality === 'text';

const MOST_TOOLS = 64;
const LONGEST_INSTRUCTIONS = 100_000;

/** What a client may set of its session; what is not here is passed over. */
export const sessionUpdate = z.object({
  type: z.literal('realtime').default('realtime'),
  model: z.string().max(128).optional(),
  instructions: z.string().max(LONGEST_INSTRUCTIONS).optional(),
  output_modalities: modalities.optional(),
  tools: z.array(tool).max(MOST_TOOLS).optional(),
  tool_choice: z
    .union([z.enum(['auto', 'none', 'required']), z.object({ type: z.literal('function'), name: z.string().max(64) })])
    .optional(),
  max_output_tokens: z.union([z.int().min(1), z.literal('inf')]).optional(),
  audio: z
    .object({
      input: z
        .object({
          format: format.optional(),
          transcription: z
            .looseObject({ model: z.string().optional(), language: z.string().max(16).optional() })
            .nullish(),
          noise_reduction: z.object({ type: z.enum(['near_field', 'far_field']) }).nullish(),
          turn_detection: turnDetection.nullish(),
        })
        .optional(),
      output: z
        .object({
          format: format.optional(),
          voice: z.string().max(256).optional(),
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
});

export type SessionUpdate = z.output<typeof sessionUpdate>;
export type TurnDetection = z.output<typeof turnDetection>;

/** As it is, and as clients are told. */
export interface SessionConfig {
  readonly type: 'realtime';
  readonly model: string;
  readonly instructions: string;
  readonly output_modalities: Modalities;
  readonly tools: z.output<typeof tool>[];
  readonly tool_choice: NonNullable<SessionUpdate['tool_choice']>;
  readonly max_output_tokens: number | 'inf';
  readonly audio: {
    readonly input: {
      readonly format: AudioFormat;
      readonly transcription: { readonly language?: string } | null;
      readonly noise_reduction: { readonly type: 'near_field' | 'far_field' } | null;
      readonly turn_detection: TurnDetection | null;
    };
    readonly output: { readonly format: AudioFormat; readonly voice: string; readonly speed: number };
  };
}

const USUAL_TURNS: TurnDetection = {
  type: 'semantic_vad',
  eagerness: 'auto',
  create_response: true,
  interrupt_response: true,
};
const DEFAULT_VOICE = 'default';
const PCM: AudioFormat = { type: 'audio/pcm', rate: 24_000 };

/** Before the client has set anything: as the server is set. */
export const initialSession = (model: string, instructions: string): SessionConfig => ({
  type: 'realtime',
  model,
  instructions,
  output_modalities: ['audio'],
  tools: [],
  tool_choice: 'auto',
  max_output_tokens: 'inf',
  audio: {
    input: {
      format: PCM,
      transcription: {},
      noise_reduction: null,
      turn_detection: USUAL_TURNS,
    },
    output: { format: PCM, voice: DEFAULT_VOICE, speed: 1 },
  },
});

/** What is set replaces what was; null takes it away. */
export function merged(config: SessionConfig, update: SessionUpdate): SessionConfig {
  const { audio: { input = {}, output = {} } = {}, model: _, ...rest } = update;
  return {
    ...config,
    ...given(rest),
    audio: {
      input: {
        ...config.audio.input,
        ...given(input),
        // An absent type is silence; null turns it off.
        ...(input.turn_detection && { turn_detection: { ...DETECTION, ...input.turn_detection } }),
      },
      output: { ...config.audio.output, ...given(output) },
    },
  } as SessionConfig;
}

/** How turns are found cannot be changed once the agent listens; only whether they are. */
export function keepingTurns(config: SessionConfig, opened: SessionConfig): SessionConfig {
  const { input, output } = config.audio;
  if (input.turn_detection === null) return config;
  const turn_detection = opened.audio.input.turn_detection ?? USUAL_TURNS;
  return { ...config, audio: { input: { ...input, turn_detection }, output } };
}

/** As clients are told: what is off is left out, but for turn detection. */
export function shownSession(id: string, { audio, ...config }: SessionConfig) {
  const { transcription, noise_reduction, ...input } = audio.input;
  const shown = { ...input, ...(transcription && { transcription }), ...(noise_reduction && { noise_reduction }) };
  return { object: 'realtime.session' as const, id, ...config, audio: { input: shown, output: audio.output } };
}

const DETECTION = { create_response: true, interrupt_response: true } as const;

const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const PRESETS = { low: 'patient', medium: 'balanced', auto: 'balanced', high: 'quick' } as const;
const USUAL_SILENCE_MS = 500;
/** Longer than anybody speaks. */
const NEVER_MS = 3_600_000;

/** What the agent of this session's room is to be like. */
export function wishesOf({ instructions, audio }: SessionConfig): AgentWishes {
  const { turn_detection: detection, transcription } = audio.input;
  const { voice, speed } = audio.output;
  const silent = detection?.type === 'server_vad' ? (detection.silence_duration_ms ?? USUAL_SILENCE_MS) : undefined;
  const eagerness = detection?.type === 'semantic_vad' ? detection.eagerness : undefined;
  return {
    plain: true,
    instructions,
    // What the client leaves as it is, is as the server is set.
    ...(voice !== DEFAULT_VOICE && { voice }),
    ...(speed !== 1 && { speed }),
    ...(transcription?.language && { language: transcription.language }),
    ...(silent !== undefined && { endpointingMs: silent }),
    ...(eagerness && { turnPreset: PRESETS[eagerness] }),
    ...(detection?.create_response === false && { answers: 'on-request' as const }),
    ...(detection?.interrupt_response === false && { interruptionMs: NEVER_MS }),
  };
}

/** How long a client may take to run a function, in ms. */
const FUNCTION_MS = 120_000;

/** A client runs its functions to the end, whatever is said meanwhile: the next answer knows what came of them. */
export const toolsOf = ({ tools, tool_choice: choice }: SessionConfig): ClientTool[] =>
  choice === 'none'
    ? []
    : tools.map(({ name, description, parameters }) => ({
        name,
        description,
        parameters,
        timeoutMs: FUNCTION_MS,
        cancelOnInterrupt: false,
      }));
