import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

export type Figures = Readonly<Record<string, number>>;

/**
 * With `--json`, makes a suite's figures the last line of the output: one JSON object. Else prints nothing.
 * `details`: settings, conditions, trials: whatever the figures need to be understood. `more`: other keys of the result.
 */
export function report(suite: string, figures: Figures, details?: object, more?: object): void {
  if (!process.argv.includes('--json')) return;
  console.log(
    JSON.stringify({ suite, figures, ...more, ...(details && { details }), machine: machine(), commit: commit() }),
  );
}

const machine = (): string => `${cpus()[0]?.model.trim() ?? 'unknown'} x${cpus().length}, node ${process.version}`;

/** Short, of what is checked out. */
export function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
