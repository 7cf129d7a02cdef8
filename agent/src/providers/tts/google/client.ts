import type { ClientDuplexStream, ClientUnaryCall, Metadata, ServiceError } from '@grpc/grpc-js';
import { raceAbort } from '../../../kernel/index.ts';
import { noCredentials } from './errors.ts';

export interface GoogleAccess {
  /** Absent: the service account that GOOGLE_APPLICATION_CREDENTIALS names, or that a machine of Google's has. */
  readonly apiKey?: string;
  /** e.g. `https://eu-texttospeech.googleapis.com`; absent for the global one. `http:` goes without encryption. */
  readonly baseUrl?: string;
}

interface AudioAnswer {
  readonly audioContent: Uint8Array;
}
export interface VoicesAnswer {
  readonly voices: readonly unknown[];
}
type Answered<T> = (error: ServiceError | null, answer?: T) => void;

/** What the client's `initialize` gives: calls of grpc-js, each of which can be cancelled. */
interface Stub {
  streamingSynthesize(metadata: Metadata): ClientDuplexStream<object, AudioAnswer>;
  synthesizeSpeech(request: object, metadata: Metadata, answered: Answered<AudioAnswer>): ClientUnaryCall;
  listVoices(request: object, metadata: Metadata, answered: Answered<VoicesAnswer>): ClientUnaryCall;
}

/**
 * Google's client with its calls under our signals. They are made on the client's stub: the methods above it retry
 * behind our back, cannot be cancelled where they are unary, and leave a rejection unhandled where credentials fail.
 */
export class GoogleClient {
  readonly #stub: Stub;
  readonly #metadata: Metadata;
  readonly #close: () => Promise<void>;

  private constructor(stub: Stub, metadata: Metadata, close: () => Promise<void>) {
    this.#stub = stub;
    this.#metadata = metadata;
    this.#close = close;
  }

  /** Loads the packages (about 0.3 s, 42 MB) and the credentials. Throws ProviderError `auth` where there are none. */
  static async load({ apiKey, baseUrl }: GoogleAccess, signal: AbortSignal): Promise<GoogleClient> {
    const [grpc, { TextToSpeechClient }] = await raceAbort(
      Promise.all([import('@grpc/grpc-js'), import('@google-cloud/text-to-speech')]),
      signal,
    );
    const url = baseUrl ? new URL(baseUrl) : undefined;
    const sslCreds =
      url?.protocol === 'http:' ? grpc.credentials.createInsecure() : apiKey ? grpc.credentials.createSsl() : undefined;
    const client = new TextToSpeechClient({
      ...(url && { apiEndpoint: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) }),
      ...(sslCreds && { sslCreds, universeDomain: 'googleapis.com' }),
      ...(apiKey && { apiKey }),
      grpc,
    });
    try {
      const stub = (await raceAbort(client.initialize(), signal)) as unknown as Stub;
      const metadata = new grpc.Metadata();
      if (apiKey) metadata.set('x-goog-api-key', apiKey);
      return new GoogleClient(stub, metadata, () => client.close());
    } catch (error) {
      signal.throwIfAborted();
      throw noCredentials(error);
    }
  }

  /** Raw PCM as it is made. Throws gRPC's errors. */
  async *stream(messages: readonly object[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const call = this.#stub.streamingSynthesize(this.#metadata);
    const cancel = (): void => call.cancel();
    call.on('error', () => {}); // the reader is told; after a cancel there is none
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for (const message of messages) call.write(message);
      call.end();
      for await (const { audioContent } of call as AsyncIterable<AudioAnswer>) yield audioContent;
    } finally {
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  /** A WAV, at once. Throws gRPC's errors. */
  async synthesize(request: object, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#unary<AudioAnswer>(
      (answered) => this.#stub.synthesizeSpeech(request, this.#metadata, answered),
      signal,
    );
    return answer.audioContent;
  }

  /** Every voice. Throws gRPC's errors. */
  listVoices(signal: AbortSignal): Promise<VoicesAnswer> {
    return this.#unary((answered) => this.#stub.listVoices({}, this.#metadata, answered), signal);
  }

  close(): Promise<void> {
    return this.#close();
  }

  #unary<T>(begin: (answered: Answered<T>) => ClientUnaryCall, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    let call: ClientUnaryCall | undefined;
    const cancel = (): void => call?.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const answer = new Promise<T>((resolve, reject) => {
      call = begin((error, value) => (error ? reject(error) : resolve(value as T)));
    });
    return raceAbort(answer, signal).finally(() => signal.removeEventListener('abort', cancel));
  }
}
