import { LATENESS_ALLOWED_MS } from '../figures.ts';
import type { Played } from './messages.ts';
import { loadScenes, type Scene } from './replay.ts';
import { type Stall, Theatre } from './theatre.ts';

export interface Faulty {
  readonly name: string;
  readonly what: string;
  /** What happened in it, a line each. */
  readonly story?: string;
}

/** How the scenes came out; each is in `passed`, `failed` or `left_out`. */
export interface ScenesOutcome {
  /** Played to their end by callers whose own clock was undisturbed. */
  readonly run: number;
  readonly passed: number;
  readonly failed: readonly Faulty[];
  readonly left_out: readonly { readonly name: string; readonly why: string }[];
}

/** Scenes at the same time. */
export const AT_ONCE = 4;
/** Where the callers' own clock was disturbed, a scene is played so often. */
const ATTEMPTS = 2;

/** Plays the scenes of these names against one server. */
export async function runScenes(names: readonly string[]): Promise<ScenesOutcome> {
  const scenes = loadScenes();
  const outcome = { run: 0, passed: 0, failed: [] as Faulty[], left_out: [] as { name: string; why: string }[] };
  const leaveOut = (name: string, why: string): void => void outcome.left_out.push({ name, why });
  const theatre = await Theatre.open(AT_ONCE);
  // The longest first, so that none is alone at the end.
  const waiting = names.toSorted((a, b) => (scenes.get(b)?.lasts_ms ?? 0) - (scenes.get(a)?.lasts_ms ?? 0));
  const playOne = async (stall: Stall, name: string): Promise<void> => {
    const scene = scenes.get(name);
    const why = scene ? unfit(scene) : 'there is no such scene';
    if (!scene || why) return leaveOut(name, why ?? '');
    const played = await undisturbed(stall, name, scene);
    if (played.lateness > LATENESS_ALLOWED_MS.outcome) {
      return leaveOut(name, `the callers' own clock stood still for ${Math.round(played.lateness)} ms`);
    }
    outcome.run++;
    if (played.faults.length === 0) outcome.passed++;
    else outcome.failed.push({ name, what: played.faults.join('; '), story: played.story });
  };
  const stage = async (stall: Stall): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await playOne(stall, name);
  };
  try {
    await Promise.all(theatre.stalls.map(stage));
    return outcome;
  } finally {
    await theatre.close();
  }
}

/** Why a scene cannot be played in real time. */
function unfit({ fake_clock_only, not_yet }: Scene): string | undefined {
  if (fake_clock_only) return fake_clock_only;
  return not_yet && `not mastered yet: ${not_yet}`;
}

/** Again where the callers' own clock was disturbed. */
async function undisturbed(stall: Stall, name: string, scene: Scene): Promise<Played> {
  for (let attempt = 1; ; attempt++) {
    const played = await stall.play(name, attempt, scene.lasts_ms);
    if (attempt === ATTEMPTS || played.lateness <= LATENESS_ALLOWED_MS.outcome) return played;
  }
}
