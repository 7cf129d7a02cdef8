/**
 * A tool did not do its work. `message` is for the LLM; `summary`, which is its beginning, is for the log, and holds
 * nothing of what callers or services said.
 */
export class ToolError extends Error {
  readonly summary: string;

  constructor(summary: string, detail = '', options?: ErrorOptions) {
    super(detail === '' ? summary : `${summary}: ${detail}`, options);
    this.name = 'ToolError';
    this.summary = summary;
  }
}
