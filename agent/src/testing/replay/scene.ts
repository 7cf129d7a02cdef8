import { z } from 'zod';
import { ANSWER_POLICIES, type SessionSettings, TURN_PRESETS } from '../../contracts/index.ts';
import { asrScript, llmScript, toolScript, ttsScript } from './schema-engines.ts';
import { expectations } from './schema-expect.ts';
import { moment, ms, name } from './schema-parts.ts';

/** Level of speech where a line names none, in dB of full scale. */
export const SPEECH_DB = -26;

const level = z.number().max(0);

/** Settings of the conversation, as the server's configuration has them; the defaults are the server's, too. */
const settings = z.strictObject({
  instructions: z.string().optional(),
  greeting: z.string().default(''),
  language: z.string().optional(),
  contextTokens: z.int().optional(),
  turnPreset: z.enum(TURN_PRESETS).optional(),
  endpointingMs: ms.optional(),
  interruptionMs: ms.optional(),
  speculation: z.boolean().optional(),
  answers: z.enum(ANSWER_POLICIES).optional(),
  names: z.array(z.string()).optional(),
  silenceWatchdogMs: ms.optional(),
  toolFillerMs: ms.optional(),
  summarise: z.boolean().optional(),
  idlePromptMs: ms.optional(),
  idlePrompts: z.int().min(0).optional(),
  maxCallMs: ms.optional(),
});
settings satisfies z.ZodType<Partial<SessionSettings>>;

const caller = z.strictObject({
  /** What to call the caller. */
  name: z.string().optional(),
  /** Under all of the caller's audio; its level is so far below that of speech. Without: a quiet room. */
  noise: z.strictObject({ kind: z.enum(['pink', 'babble']).default('pink'), snr_db: z.number() }).optional(),
  /** Packets of the caller's audio that do not arrive, and how many in a row on average. */
  loss: z.strictObject({ percent: z.number().min(0).max(100), burst: z.number().min(1).default(1) }).optional(),
  /** A loudspeaker: what the agent says comes back so loud relative to what was sent. */
  echo: z.strictObject({ level_db: z.number(), delay_ms: ms.default(180), seed: z.int().default(1) }).optional(),
});

/** Speech from a clip. `from_ms` and `to_ms` count from where its speech begins. `words`: what it stands for instead. */
const spokenPart = z.strictObject({
  clip: z.string(),
  from_ms: ms.optional(),
  to_ms: ms.optional(),
  words: z.string().optional(),
});
/** A clip, a part of one, or a pause in ms. */
const part = z.union([z.string(), z.number().positive(), spokenPart]);

export const SOUNDS = ['cough', 'slam', 'burst', 'clicks'] as const;

const ACTIONS = ['say', 'sound', 'type', 'join', 'leave', 'press'] as const;

const step = z
  .strictObject({
    /** A point of the scene's time... */
    at: ms.optional(),
    /** ...or a moment. Without either: where the step before ends. */
    after: moment.optional(),
    /** So much later. */
    wait_ms: ms.default(0),
    /** Whose step it is; the first caller's where it is left out. */
    caller: name.optional(),
    /** Names the line in anchors and expectations; else it is its place among the lines, from 1. */
    id: name.optional(),
    /** Speech: one part, or several one after another with pauses in between. */
    say: z.union([part, z.array(part).min(1)]).optional(),
    /** A noise that is no speech. */
    sound: z.enum(SOUNDS).optional(),
    /** How long the sound lasts; by default as long as such a sound does. */
    for_ms: ms.optional(),
    /** Words that the recogniser takes the sound for. */
    heard_as: z.string().optional(),
    /** Level of speech or sound, in dB of full scale: of the root mean square of speech, of a sound's loudest 20 ms. */
    level_db: level.optional(),
    type: z.string().optional(),
    /** Callers with such a step are not there before it. */
    join: z.literal(true).optional(),
    leave: z.literal(true).optional(),
    press: z.enum(['interrupt', 'ask']).optional(),
  })
  .superRefine((value, context) => {
    const done = ACTIONS.filter((action) => value[action] !== undefined);
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    if (done.length !== 1) complain(`must do one of ${ACTIONS.join(', ')}; it does ${done.join(' and ') || 'nothing'}`);
    if (value.at !== undefined && value.after !== undefined) complain('has both "at" and "after": one is enough');
  });

const body = z.strictObject({
  /** A sentence. */
  title: z.string().min(1),
  /** What people say of agents that get it wrong. */
  complaint: z.string().optional(),
  /** Why it does not come out as expected yet. A scene with this must fail; once it does not, this must go. */
  not_yet: z.string().min(1).optional(),
  /** Why it can be played against a fake clock only. */
  fake_clock_only: z.string().min(1).optional(),
  /** The whole scene, in ms. */
  lasts_ms: ms.max(120_000),
  settings: settings.prefault({}),
  asr: asrScript.prefault({}),
  llm: llmScript.prefault({}),
  tts: ttsScript.prefault({}),
  tools: z.array(toolScript).default([]),
  callers: z.record(name, caller).default({ ann: {} }),
  script: z.array(step),
  expect: expectations.prefault({}),
});

export const scene = body.superRefine(checkNames);

export type Scene = z.infer<typeof scene>;
export type SceneStep = Scene['script'][number];
export type SceneCaller = Scene['callers'][string];
export type SpokenPart = z.infer<typeof spokenPart>;
export type Sound = (typeof SOUNDS)[number];

/** The names of the script's lines, in order; undefined for a step that is none. */
export function lineIds(script: readonly Pick<SceneStep, 'id' | 'say' | 'sound'>[]): (string | undefined)[] {
  let lines = 0;
  return script.map(({ id, say, sound }) => {
    if (say === undefined && sound === undefined) return undefined;
    lines++;
    return id ?? String(lines);
  });
}

/** Callers and lines that are spoken of must be there. */
function checkNames(value: z.output<typeof body>, context: z.RefinementCtx): void {
  const callers = Object.keys(value.callers);
  const ids = lineIds(value.script);
  const complain = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  value.script.forEach((each, i) => {
    const unknown = each.caller !== undefined && !callers.includes(each.caller);
    if (unknown) complain(['script', i, 'caller'], `no caller is called "${each.caller}": ${callers.join(', ')}`);
    const { after } = each;
    if (after?.kind === 'line' && !ids.includes(after.id)) complain(['script', i, 'after'], noLine(after.id, ids));
    if (ids[i] !== undefined && ids.indexOf(ids[i]) !== i) complain(['script', i, 'id'], `"${ids[i]}" is taken`);
  });
  for (const key of ['answered', 'cut', 'ducked', 'held', 'resumed'] as const) {
    value.expect[key]?.forEach(({ line }, i) => {
      if (!ids.includes(line)) complain(['expect', key, i, 'line'], noLine(line, ids));
    });
  }
}

const noLine = (id: string, ids: readonly (string | undefined)[]): string =>
  `no line is called "${id}": ${ids.filter((each) => each !== undefined).join(', ') || 'nothing is said'}`;
