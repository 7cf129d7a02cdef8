import type { DestinationStream } from 'pino';

const COLOURS: Readonly<Record<string, string>> = {
  debug: '\u001b[2m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
  fatal: '\u001b[31m',
};
const RESET = '\u001b[0m';

/** Turns pino's JSON lines into quiet one-liners: `12:03:44 warn  worker died  pid=812`. */
export function prettyLines(out: DestinationStream, colour: boolean): DestinationStream {
  return { write: (line) => void out.write(prettyLine(line, colour)) };
}

export function prettyLine(line: string, colour: boolean): string {
  const { time, level, msg = '', err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const name = String(level);
  const label = name === 'info' ? '' : `${name} `;
  const fields = Object.entries(rest)
    .map(([key, value]) => `  ${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('');
  const text = `${String(time).slice(11, 19)} ${label}${msg}${fields}${errorText(err, name)}`;
  const tint = colour ? COLOURS[name] : undefined;
  return tint ? `${tint}${text}${RESET}\n` : `${text}\n`;
}

/** The message alone where we warn; the stack where something is broken. */
function errorText(err: unknown, level: string): string {
  if (!err || typeof err !== 'object') return '';
  const { message, stack } = err as { message?: string; stack?: string };
  return level === 'error' || level === 'fatal' ? `\n${stack ?? message}` : `: ${message}`;
}
