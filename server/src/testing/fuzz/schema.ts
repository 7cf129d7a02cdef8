/** The part of JSON Schema that the schemas of signaling and of the HTTP API are told in. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
}

const LENGTHS = ['minLength', 'maxLength', 'minItems', 'maxItems'] as const;
const RANGES = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;

/** The bounds that a schema sets anywhere, and their neighbours: that is where mistakes are. */
export interface Bounds {
  readonly lengths: readonly number[];
  readonly numbers: readonly number[];
}

export function boundsOf(schema: JsonSchema): Bounds {
  const lengths = new Set<number>();
  const numbers = new Set<number>();
  const look = (value: unknown): void => {
    if (!value || typeof value !== 'object') return;
    const found = value as Record<string, unknown>;
    for (const key of LENGTHS) if (isBound(found[key])) lengths.add(found[key]);
    for (const key of RANGES) if (isBound(found[key])) numbers.add(found[key]);
    for (const each of Object.values(found)) look(each);
  };
  look(schema);
  const around = (all: Set<number>): number[] => [...all].flatMap((each) => [each - 1, each, each + 1]);
  return { lengths: around(lengths).filter((each) => each >= 0), numbers: around(numbers) };
}

const isBound = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) < 1e6;
