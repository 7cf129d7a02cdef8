export type Stage = 'vad' | 'turn' | 'asr' | 'llm' | 'tts';

export type ProviderFailure = 'timeout' | 'auth' | 'rate-limited' | 'unavailable' | 'bad-request' | 'unsupported';

const RETRYABLE: Readonly<Record<ProviderFailure, boolean>> = {
  timeout: true,
  'rate-limited': true,
  unavailable: true,
  auth: false,
  'bad-request': false,
  unsupported: false,
};

/** A provider could not do its work. Branch on `reason`; `message` is for people. An abort is never a ProviderError. */
export class ProviderError extends Error {
  readonly stage: Stage;
  readonly reason: ProviderFailure;

  constructor(stage: Stage, reason: ProviderFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProviderError';
    this.stage = stage;
    this.reason = reason;
  }

  get retryable(): boolean {
    return RETRYABLE[this.reason];
  }

  static timeout(stage: Stage, message: string, options?: ErrorOptions): ProviderError {
    return new ProviderError(stage, 'timeout', message, options);
  }

  static auth(stage: Stage, message: string, options?: ErrorOptions): ProviderError {
    return new ProviderError(stage, 'auth', message, options);
  }

  static rateLimited(stage: Stage, message: string, options?: ErrorOptions): ProviderError {
    return new ProviderError(stage, 'rate-limited', message, options);
  }

  static unavailable(stage: Stage, message: string, options?: ErrorOptions): ProviderError {
    return new ProviderError(stage, 'unavailable', message, options);
  }

  static badRequest(stage: Stage, message: string, options?: ErrorOptions): ProviderError {
    return new ProviderError(stage, 'bad-request', message, options);
  }

  static unsupported(stage: Stage, message: string, options?: ErrorOptions): ProviderError {
    return new ProviderError(stage, 'unsupported', message, options);
  }
}
