/** As the OpenAPI document describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string | undefined;
  readonly tags: readonly string[];
  readonly hasBody: boolean;
  /** Path parameters with their longest value, where there is one. */
  readonly params: readonly { readonly name: string; readonly maxLength: number | undefined }[];
  /** Content types by status. */
  readonly responses: ReadonlyMap<number, readonly string[]>;
}

interface Document {
  readonly paths: Record<string, Record<string, DocumentedOperation>>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: string[];
  readonly requestBody?: unknown;
  readonly parameters?: { in: string; name: string; schema?: { maxLength?: number } }[];
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}

export const operationsOf = (document: unknown): Operation[] =>
  Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      summary: operation.summary,
      tags: operation.tags ?? [],
      hasBody: operation.requestBody !== undefined,
      params: (operation.parameters ?? [])
        .filter((each) => each.in === 'path')
        .map(({ name, schema }) => ({ name, maxLength: schema?.maxLength })),
      responses: new Map(
        Object.entries(operation.responses).map(([status, { content = {} }]) => [Number(status), Object.keys(content)]),
      ),
    })),
  );
