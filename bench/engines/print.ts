import type { Clip } from './clips.ts';
import type { EngineFigures } from './figures.ts';
import type { Heard } from './hearing.ts';

/** The engine's figures without its name. */
export const row = (name: string, figures: EngineFigures): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key.slice(name.length + 1), value]));

/** What was misheard, clip by clip. */
export function printHeard(name: string, heard: readonly Heard[]): void {
  console.log(`\n${name}`);
  for (const { clip, text, errors, units, finalMs } of heard) {
    const wrong = `${errors}/${units}`.padStart(6);
    console.log(`  ${titleOf(clip)} ${wrong} wrong  final ${Math.round(finalMs).toString().padStart(5)} ms  ${text}`);
  }
}

const titleOf = ({ name }: Clip): string => name.slice(0, 22).padEnd(22);
