import type { EngineEntry, OpenAiAccess } from '../contracts/index.ts';
import { factsOf } from './engine-facts.ts';

/** An engine as a list names it. */
export type Given = string | EngineEntry<string>;

export interface Share {
  readonly access: OpenAiAccess;
  readonly model?: string;
}

interface Stage extends OpenAiAccess {
  readonly model?: string;
}

/**
 * Who of a stage's engines gets what of its settings. The stage's own key and server go together, to one vendor: the
 * first of the list that can use them. Another vendor gets what its own entry says, and no more; what is set for all
 * stages is OpenAI's. A model is the first engine's that takes one, and its vendor's.
 */
export class Shares {
  readonly #stage: Stage;
  readonly #openai: OpenAiAccess;
  readonly #owner: string | undefined;
  readonly #modelOwner: string | undefined;

  constructor(engines: readonly Given[], stage: Stage, openai: OpenAiAccess) {
    this.#stage = stage;
    this.#openai = openai;
    this.#owner = ownerOf(engines.map(entryOf), stage);
    this.#modelOwner = modelOwnerOf(engines.map(entryOf));
  }

  of(given: Given): Share {
    const { engine, apiKey, baseUrl, model } = entryOf(given);
    const { vendor, takes } = factsOf(engine);
    const shared = this.#accessOf(vendor);
    const access = { apiKey: apiKey || (baseUrl ? undefined : shared.apiKey), baseUrl: baseUrl || shared.baseUrl };
    const known = model || (vendor === this.#modelOwner ? this.#stage.model : undefined);
    return {
      access: {
        ...(takes.includes('apiKey') && { apiKey: access.apiKey }),
        ...(takes.includes('baseUrl') && { baseUrl: access.baseUrl }),
      },
      ...(known && takes.includes('model') && { model: known }),
    };
  }

  /** A key belongs to the server it was given with: a stage's own server is not shown the global key. */
  #accessOf(vendor: string): OpenAiAccess {
    const own: OpenAiAccess = vendor === this.#owner ? this.#stage : {};
    if (vendor !== 'openai') return { apiKey: own.apiKey, baseUrl: own.baseUrl };
    return {
      apiKey: own.apiKey || (own.baseUrl ? undefined : this.#openai.apiKey),
      baseUrl: own.baseUrl || this.#openai.baseUrl,
    };
  }
}

const entryOf = (given: Given): EngineEntry<string> => (typeof given === 'string' ? { engine: given } : given);

/** The vendor for whom the stage's key and server are; those that have their own come last. */
function ownerOf(engines: readonly EngineEntry<string>[], { apiKey, baseUrl }: OpenAiAccess): string | undefined {
  const theirs = ({ apiKey: key, baseUrl: url }: EngineEntry<string>): number => (url ? 2 : key ? 1 : 0);
  const owner = engines
    .toSorted((a, b) => theirs(a) - theirs(b))
    .map(({ engine }) => factsOf(engine))
    .find(
      ({ takes, needsUrl }) =>
        (!apiKey || takes.includes('apiKey')) && (baseUrl ? takes.includes('baseUrl') : !needsUrl && takes.length > 0),
    );
  return owner?.vendor;
}

function modelOwnerOf(engines: readonly EngineEntry<string>[]): string | undefined {
  const takers = engines.filter(({ engine }) => factsOf(engine).takes.includes('model'));
  const owner = takers.find(({ model }) => !model) ?? takers[0];
  return owner && factsOf(owner.engine).vendor;
}
