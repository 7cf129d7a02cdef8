/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** e.g. `media.port`; a variable's name where no key is meant. */
  readonly key: string;
  /** File and line, or variable. */
  readonly origin: string;
  readonly problem:
    | { readonly kind: 'wrong-value'; readonly given: string; readonly allowed: string }
    | { readonly kind: 'unknown'; readonly meant?: string }
    | { readonly kind: 'unreadable'; readonly detail: string };
}

/** The configuration cannot be used. The message lists every problem, for people. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(`${headline(problems.length)}\n\n${problems.map(paragraph).join('\n\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const headline = (count: number): string =>
  count === 1 ? 'The configuration has a problem:' : `The configuration has ${count} problems:`;

function paragraph({ key, origin, problem }: ConfigProblem): string {
  const head = `  ${key} (${origin})`;
  switch (problem.kind) {
    case 'wrong-value':
      return `${head}\n    given:   ${problem.given}\n    allowed: ${problem.allowed}`;
    case 'unknown':
      return `${head}\n    there is no such key${problem.meant ? `; did you mean ${problem.meant}?` : ''}`;
    case 'unreadable':
      return `${head}\n    ${problem.detail}`;
  }
}
