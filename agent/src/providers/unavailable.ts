import { type AsrProvider, type LlmProvider, ProviderError, type Stage, type TtsProvider } from '../contracts/index.ts';

/** An engine that could not be made, with the way to mend it. */
export class EngineUnavailable extends Error {
  readonly stage: Stage;
  readonly engine: string;

  /** `message` names the fix. */
  constructor(stage: Stage, engine: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineUnavailable';
    this.stage = stage;
    this.engine = engine;
  }
}

/** Stands in for an engine that is missing, so that the server starts and says what is wrong at each call. */
export class MissingEngine implements AsrProvider, LlmProvider, TtsProvider {
  readonly id: string;
  readonly rate = 24000;
  readonly error: EngineUnavailable;

  constructor(error: EngineUnavailable) {
    this.id = error.engine;
    this.error = error;
  }

  transcribe(): AsyncIterable<never> {
    return this.#fails;
  }

  reply(): AsyncIterable<never> {
    return this.#fails;
  }

  speak(): AsyncIterable<never> {
    return this.#fails;
  }

  async voices(): Promise<never[]> {
    return [];
  }

  async close(): Promise<void> {}

  get #fails(): AsyncIterable<never> {
    const { stage, message } = this.error;
    const next = (): Promise<never> => Promise.reject(ProviderError.unavailable(stage, message, { cause: this.error }));
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }
}
