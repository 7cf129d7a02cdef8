import { type Said, spokenLine } from './clips.ts';
import { lineIds, type Scene, type SceneStep } from './scene.ts';
import type { Moment } from './schema-parts.ts';
import type { LineTimes } from './seen.ts';
import { noiseSound } from './sounds.ts';
import { timed } from './words.ts';

/** Where a script's steps happen. All times are ms of the scene. */
export interface Stage {
  now(): number;
  /** Undefined while it has not come. */
  momentAt(moment: Moment): number | undefined;
  /** Sounds at the caller's microphone from now on; gives when its first sample does. */
  sounds(callerId: string, said: Said): number;
  type(callerId: string, text: string): void;
  press(callerId: string, button: NonNullable<SceneStep['press']>): void;
  join(callerId: string): void;
  leave(callerId: string): void;
}

/** A scene's script as it unfolds: each step is taken once, when its moment has come. */
export class Script {
  readonly lines = new Map<string, LineTimes>();
  readonly #scene: Scene;
  readonly #stage: Stage;
  readonly #ids: readonly (string | undefined)[];
  /** What sounds in each step. Made beforehand: it takes time. */
  readonly #said: readonly (Said | undefined)[];
  /** When each step was over; undefined for what is yet to come. */
  readonly #doneAt: (number | undefined)[] = [];

  constructor(scene: Scene, stage: Stage) {
    this.#scene = scene;
    this.#stage = stage;
    this.#ids = lineIds(scene.script);
    this.#said = scene.script.map(saidIn);
  }

  /** Takes every step that is due by now. */
  takeDue(): void {
    this.#scene.script.forEach((step, i) => {
      if (this.#doneAt[i] !== undefined) return;
      const due = this.#dueAt(i);
      if (due === undefined || due > this.#stage.now()) return;
      this.#doneAt[i] = this.#take(step, i);
    });
  }

  #dueAt(index: number): number | undefined {
    const { at, after, wait_ms } = this.#scene.script[index] as SceneStep;
    const before = index === 0 ? 0 : this.#doneAt[index - 1];
    const from = at ?? (after ? this.#stage.momentAt(after) : before);
    return from === undefined ? undefined : from + wait_ms;
  }

  /** Returns when the step is over. */
  #take(step: SceneStep, index: number): number {
    const stage = this.#stage;
    const caller = callerOf(this.#scene, step);
    const said = this.#said[index];
    if (said) {
      const from = stage.sounds(caller, said);
      const to = from + said.samples.length / 16;
      this.lines.set(this.#ids[index] ?? '', { from, to });
      return to;
    }
    if (step.type !== undefined) stage.type(caller, step.type);
    if (step.press !== undefined) stage.press(caller, step.press);
    if (step.join) stage.join(caller);
    if (step.leave) stage.leave(caller);
    return stage.now();
  }
}

function saidIn({ say, sound, for_ms, level_db, heard_as }: SceneStep): Said | undefined {
  if (say !== undefined) return spokenLine(say, level_db);
  if (sound === undefined) return undefined;
  const samples = noiseSound(sound, for_ms, level_db);
  return { samples, words: timed(heard_as ?? '', 0, samples.length / 16) };
}

/** Whose step it is. */
export const callerOf = ({ callers }: Scene, { caller }: SceneStep): string =>
  caller ?? (Object.keys(callers)[0] as string);

/** Callers who are there from the start, and who leave before the end. */
export function attendance(scene: Scene): { readonly early: string[]; readonly leaving: string[] } {
  const who = (does: (step: SceneStep) => unknown): string[] =>
    scene.script.filter(does).map((step) => callerOf(scene, step));
  const late = who(({ join }) => join);
  return {
    early: Object.keys(scene.callers).filter((id) => !late.includes(id)),
    leaving: who(({ leave }) => leave),
  };
}
