import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { prettyLines } from './pretty.ts';

export type Logger = PinoLogger;

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `auto`: one-liners for people on a terminal, JSON lines otherwise. */
  readonly format: 'auto' | 'pretty' | 'json';
}

/** What must never be written down, wherever it turns up in a log object. */
const SECRET_NAMES = ['apiKey', 'authorization', 'token', 'secret'];
const SECRET_PATHS = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The server's log. `out` is standard output unless a test reads along. */
export function createLogger(
  options: LogOptions,
  out: NodeJS.WriteStream | DestinationStream = process.stdout,
): Logger {
  const isTerminal = 'isTTY' in out && out.isTTY === true;
  const pretty = options.format === 'pretty' || (options.format === 'auto' && isTerminal);
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '(hidden)' },
    },
    pretty ? prettyLines(out, isTerminal) : out,
  );
}
