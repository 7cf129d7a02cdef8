import type { Wav } from './wav.ts';

/** What a test sees of one request. */
export interface OpenAiRequest {
  readonly path: 'models' | 'chat/completions' | 'audio/transcriptions' | 'audio/speech';
  /** Of the Authorization header, without `Bearer`. */
  readonly key: string | undefined;
  /** JSON body, or the fields of the form without the file. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The uploaded speech. */
  readonly audio?: Wav;
  /** 0 for the first to this path. */
  readonly index: number;
  /** Aborted when the client hangs up before the answer is complete. */
  readonly signal: AbortSignal;
  /** How it ended: `hung-up` when the client went first. */
  readonly ended: Promise<'answered' | 'hung-up'>;
}

/** A refusal in OpenAI's form. */
export interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly type?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong in place of an answer, or after `after` pieces of it. */
export interface Trouble {
  /** `hang`: silence; `break-off`: the connection dies; `end-early`: a clean end without the end mark; `garbage`: not the format; `error`: an error event in the stream. */
  readonly trouble: 'hang' | 'break-off' | 'end-early' | 'garbage' | 'error';
  /** Pieces that go out before it; 0: not even headers. */
  readonly after?: number;
}

export interface ScriptedToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: string;
}

export interface ChatAnswer extends Partial<Trouble> {
  /** Pieces of content; a string goes out word by word. */
  readonly text?: string | readonly string[];
  /** Sent before the content in `reasoning_content`. */
  readonly reasoning?: readonly string[];
  readonly toolCalls?: readonly ScriptedToolCall[];
  readonly usage?: { readonly input: number; readonly output: number };
}

export interface TranscriptionAnswer extends Partial<Trouble> {
  readonly text: string;
  /** Not streamed, though it was asked for. */
  readonly whole?: true;
}

export interface SpeechAnswer extends Partial<Trouble> {
  /** 24 kHz mono; a tone of the text's length where absent. */
  readonly samples?: Int16Array;
  /** Bytes of one write; odd by default, so that samples are cut in two. */
  readonly pieceBytes?: number;
}

type Answer<T> = T | Refusal | Promise<T | Refusal>;

/** What the server answers; each part can be replaced while it runs. */
export interface OpenAiScript {
  models: readonly string[];
  chat: (request: OpenAiRequest) => Answer<ChatAnswer>;
  transcribe: (request: OpenAiRequest) => Answer<TranscriptionAnswer>;
  speak: (request: OpenAiRequest) => Answer<SpeechAnswer>;
  /** Called before each piece of a streamed answer: what it waits for is the server's delay. */
  pace: (request: OpenAiRequest, piece: number) => Promise<void> | void;
}

export const isRefusal = (answer: object): answer is Refusal => 'status' in answer;
