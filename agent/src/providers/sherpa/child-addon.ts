import { createRequire } from 'node:module';

/** What is used of sherpa-onnx-node, which has no types of its own. */
export interface Addon {
  readonly OnlineRecognizer: new (config: object) => OnlineRecognizer;
  readonly OfflineRecognizer: { createAsync(config: object): Promise<OfflineRecognizer> };
  readonly OfflineTts: { createAsync(config: object): Promise<OfflineTts> };
}

export interface Stream {
  acceptWaveform(audio: { samples: Float32Array; sampleRate: number }): void;
}

export interface OnlineStream extends Stream {
  inputFinished(): void;
}

export interface OnlineRecognizer {
  createStream(): OnlineStream;
  isReady(stream: OnlineStream): boolean;
  decodeStreams(streams: readonly OnlineStream[]): void;
  getResult(stream: OnlineStream): { text: string };
}

export interface OfflineRecognizer {
  createStream(hotwords?: string): Stream;
  decodeAsync(stream: Stream): Promise<{ text: string; lang?: string }>;
}

export interface OfflineTts {
  readonly sampleRate: number;
  readonly numSpeakers: number;
  generateAsync(request: {
    text: string;
    enableExternalBuffer: boolean;
    generationConfig: { sid: number; speed: number };
    /** Told after each sentence; false stops before the next. */
    onProgress: (chunk: { samples: Float32Array; progress: number }) => boolean;
  }): Promise<{ samples: Float32Array }>;
}

/** Throws where this platform has no build of it. */
export function loadAddon(): Addon {
  try {
    return createRequire(import.meta.url)('sherpa-onnx-node');
  } catch (error) {
    const why = String(error instanceof Error ? error.message : error).split('\n')[0];
    throw new Error(
      `sherpa-onnx-node is not installed for ${process.platform}-${process.arch}: run npm install (${why})`,
    );
  }
}
