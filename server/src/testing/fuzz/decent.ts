import { PROBLEM_TYPE, problem } from '../../http/problem.ts';

/** What tells of the inside: places in code, words of engines and libraries; whole words, as ids are made of letters. */
const INSIDE = [
  /\n?\s+at .{1,200}:\d+:\d+/,
  /node_modules|file:\/\/|node:[a-z]+/,
  /\.[cm]?[jt]s\b/,
  /\b(ZodError|TypeError|RangeError|SyntaxError|ReferenceError|AggregateError|DOMException)\b/,
  /Cannot (read|set|convert|destructure)|is not (a function|iterable|a constructor|defined)|\[object /,
  /Maximum call stack|Invalid array length|Invalid string length|Unexpected (token|end|identifier|non-whitespace)/,
  /\b(ERR|FST)_[A-Z]+_[A-Z_]+\b|\b(ECONN[A-Z]+|ENOENT|EACCES)\b/,
  /\b(mediasoup|fastify|socket\.io|engine\.io|zod|pglite|postgres(ql)?|jose|onnx\w*|sqlstate)\b|syntax error at/i,
  /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/,
  /\b(whsec|parley)_\w+/,
];

/** What in an answer should not be there; nothing counts that was sent. Undefined where it is decent. */
export function indecency(answer: string, sent: string, secrets: readonly string[]): string | undefined {
  for (const secret of secrets) if (answer.includes(secret) && !sent.includes(secret)) return `tells ${secret}`;
  for (const pattern of INSIDE) {
    const found = pattern.exec(answer)?.[0];
    if (found !== undefined && !sent.includes(found)) return `tells of the inside: ${found}`;
  }
  return undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** What is wrong with a refusal over HTTP: it must be a problem document that speaks of the same status. */
export function badProblem({ status, type, body }: HttpAnswer): string | undefined {
  // 503 is for what is full or not there just now; all else would be our own fault.
  if (status >= 500 && status !== 503) return `answers ${status}`;
  if (type.split(';')[0] !== PROBLEM_TYPE) return `refuses as ${type}`;
  const parsed = problem.safeParse(parseJson(body));
  if (!parsed.success) return `is no problem document: ${parsed.error.message}`;
  return parsed.data.status === status
    ? undefined
    : `says ${parsed.data.status} in the document and ${status} before it`;
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
