// Our own voice in the caller's microphone: how surely it is told apart, and what that costs. `node bench/echo.ts [--json]`
import { type SpokenClip, spoken } from '@parley/agent/testing';
// biome-ignore-start lint/style/noRestrictedImports: measures this room from inside, beside its door
import { OpusLibrary } from '../agent/src/codec/index.ts';
import { EchoGate } from '../agent/src/hearing/echo/index.ts';
import type { EchoPath } from '../agent/src/hearing/echo/testing/echo-path.ts';
import { echoScene, hearScene, type JudgedFrame } from '../agent/src/hearing/echo/testing/echo-scene.ts';
// biome-ignore-end lint/style/noRestrictedImports: as above
import { report } from './report.ts';

/** Who is the agent and who calls, each another voice. */
const PAIRS: readonly (readonly [agent: SpokenClip, second: SpokenClip, caller: SpokenClip])[] = [
  ['jfk', 'jfk', 'harvard-1'],
  ['aishell-W0121', 'aishell-W0121', 'librivox-0880'],
  ['librivox-0880', 'weatherlike', 'goforward'],
  ['harvard-1', 'turnonlamp', 'jfk'],
  ['goforward', 'goforward', 'aishell-W0121'],
];
const PATHS: readonly EchoPath[] = [
  { delayMs: 60, levelDb: -6, seed: 1 },
  { delayMs: 135, levelDb: -10, seed: 2 },
  { delayMs: 250, levelDb: -20, seed: 3 },
  { delayMs: 450, levelDb: -10, seed: 4 },
];
const SENT_DB = -20;
const FIRST_AT = 400;
const SECOND_AT = 4500;
/** The caller begins so long after the second utterance's echo. */
const INTO_MS = 400;

interface Condition {
  readonly name: string;
  readonly path?: Partial<EchoPath>;
  /** Noise below the echo, in dB. */
  readonly snrDb?: number;
}

const CONDITIONS: readonly Condition[] = [
  { name: 'quiet room' },
  { name: 'echo at -20 dB', path: { levelDb: -20 } },
  { name: 'echo at -6 dB', path: { levelDb: -6 } },
  { name: 'pink noise 20 dB', snrDb: 20 },
  { name: 'pink noise 10 dB', snrDb: 10 },
  { name: 'drift 100 ppm', path: { driftPpm: 100 } },
  { name: 'drift 500 ppm', path: { driftPpm: 500 } },
  { name: 'RT60 600 ms', path: { rt60: 600 } },
  { name: 'distortion x4', path: { distortion: 4 } },
  { name: 'slips of 5 ms', path: { slipMs: 5 } },
  { name: 'slips of 12 ms', path: { slipMs: 12 } },
  { name: 'flutter of 20 dB', path: { flutterDb: 20 } },
];

/** A frame in which this is loud: within 15 dB of its mean level. */
const LOUD_DB = 15;
const percent = (part: number, of: number): number => Math.round((1000 * part) / (of || 1)) / 10;

function quantiles(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const pick = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return [pick(0.5), pick(0.9)];
}

const library = await OpusLibrary.load();

function scenes(condition: Condition, callerDb?: number): { frames: JudgedFrame[]; path: EchoPath; echoDb: number }[] {
  return PATHS.flatMap((base) =>
    PAIRS.map(([first, second, other]) => {
      const path: EchoPath = { ...base, ...condition.path };
      const echoDb = SENT_DB + path.levelDb;
      const agent = [
        { at: FIRST_AT, speech: spoken(first), levelDb: SENT_DB },
        { at: SECOND_AT, speech: spoken(second), levelDb: SENT_DB },
      ];
      const callerAt = Math.round(SECOND_AT + path.delayMs + INTO_MS);
      const caller =
        callerDb === undefined ? [] : [{ at: callerAt, speech: spoken(other), levelDb: echoDb + callerDb }];
      const noiseDb = condition.snrDb === undefined ? -75 : echoDb - condition.snrDb;
      const scene = echoScene(library, { agent, caller, path, noiseDb });
      return { frames: hearScene(scene), path, echoDb };
    }),
  );
}

function echoOnly(condition: Condition) {
  const found: number[] = [];
  const errors: number[] = [];
  let [caught, echo, missing] = [0, 0, 0];
  for (const { frames, path, echoDb } of scenes(condition)) {
    const loud = frames.filter((frame) => frame.echoDb > echoDb - LOUD_DB);
    const onset = loud[0]?.at ?? 0;
    const first = frames.find((frame) => frame.isEcho);
    if (first) found.push(first.at - onset);
    else missing++;
    for (const frame of loud) {
      if (frame.at < SECOND_AT) continue;
      echo++;
      if (frame.isEcho) caught++;
    }
    const last = loud.at(-1);
    if (last?.delayMs !== undefined) errors.push(Math.abs(last.delayMs - path.delayMs));
  }
  return { found: quantiles(found), missing, caught: percent(caught, echo), error: quantiles(errors) };
}

/**
 * A caller begins within the echo. `freed`: from the caller's first 10 ms at full level until it is no longer echo.
 * `hidden`: of the moments of 100 ms in which the caller is at least as loud as the echo, those taken for echo.
 */
function doubleTalk(condition: Condition, callerDb: number) {
  const freed: number[] = [];
  let [hidden, both] = [0, 0];
  for (const { frames, echoDb } of scenes(condition, callerDb)) {
    const level = echoDb + callerDb;
    for (const frame of frames) {
      const overlap = frame.callerDb > level - LOUD_DB && frame.echoDb > echoDb - 2 * LOUD_DB;
      if (!overlap || frame.callerDb < frame.echoDb) continue;
      both++;
      if (frame.isEcho) hidden++;
    }
    const onset = frames.findIndex((frame) => frame.callerDb > level - 10);
    const free = frames.slice(onset).findIndex((frame) => !frame.isEcho);
    if (frames[onset - 1]?.isEcho) freed.push(free * 20);
  }
  return { hidden: percent(hidden, both), freed: quantiles(freed) };
}

/** Callers with headphones talk while the agent talks. */
function headphones() {
  let [wrong, voiced] = [0, 0];
  for (const [agent, , caller] of PAIRS) {
    for (let shift = 0; shift < 10; shift++) {
      const talk = (clip: SpokenClip, every: number, levelDb: number, from: number) =>
        Array.from({ length: 5 }, (_, i) => ({ at: from + i * every, speech: spoken(clip), levelDb }));
      const scene = echoScene(library, {
        agent: talk(agent, 3600, SENT_DB, 300),
        caller: talk(caller, 3500, -26, 200 + shift * 130),
        noiseDb: -65,
        seed: shift + 1,
      });
      for (const frame of hearScene(scene)) {
        if (frame.callerDb < -26 - LOUD_DB) continue;
        voiced++;
        if (frame.isEcho) wrong++;
      }
    }
  }
  return { seconds: Math.round(voiced / 50), wrong };
}

function cost() {
  const scene = echoScene(library, {
    agent: Array.from({ length: 6 }, (_, i) => ({ at: 200 + i * 2500, speech: spoken('jfk'), levelDb: SENT_DB })),
    path: { delayMs: 200, levelDb: -10 },
  });
  const us = (active: boolean): number => {
    const rounds = Array.from({ length: 9 }, () => {
      const gate = new EchoGate();
      const frames = scene.mic.length / 320;
      // CPU time: other work on the machine does not count.
      const begun = process.cpuUsage();
      for (let i = 0; i < frames; i++) {
        if (active) gate.sent(scene.sent.subarray(i * 480, (i + 1) * 480), 24_000, i * 20);
        gate.judge({ samples: scene.mic.subarray(i * 320, (i + 1) * 320), rate: 16_000, at: i * 20 }, i * 20);
      }
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / frames;
    });
    return rounds.sort((a, b) => a - b)[4] as number;
  };
  return { active: Math.round(us(true) * 10) / 10, idle: Math.round(us(false) * 100) / 100 };
}

const figures: Record<string, number> = {};
const rows: Record<string, Record<string, string | number>> = {};
for (const condition of CONDITIONS) {
  const alone = echoOnly(condition);
  const even = doubleTalk(condition, 0);
  const louder = doubleTalk(condition, 6);
  rows[condition.name] = {
    'found after ms p50/p90': alone.found.join('/'),
    'never found': alone.missing,
    'echo caught %': alone.caught,
    'delay error ms': alone.error.map(Math.round).join('/'),
    'caller hidden %, 0 dB': even.hidden,
    'freed after ms, 0 dB': even.freed.join('/'),
    'hidden %, +6 dB': louder.hidden,
    'freed ms, +6 dB': louder.freed.join('/'),
  };
  const key = condition.name.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase();
  [figures[`${key}_found_ms_p50`], figures[`${key}_found_ms_p90`]] = alone.found;
  figures[`${key}_echo_caught_percent`] = alone.caught;
  figures[`${key}_hidden_0db_percent`] = even.hidden;
  figures[`${key}_hidden_6db_percent`] = louder.hidden;
  figures[`${key}_freed_0db_ms_p90`] = even.freed[1];
}
console.table(rows);

const free = headphones();
console.log(`headphones: ${free.wrong} frames of ${free.seconds} s of speech taken for echo`);
figures.headphones_speech_s = free.seconds;
figures.headphones_false_frames = free.wrong;

const price = cost();
console.log(`cost: ${price.active} us a frame while the agent speaks, ${price.idle} us while it does not`);
figures.active_us_frame = price.active;
figures.idle_us_frame = price.idle;
report('echo', figures);
