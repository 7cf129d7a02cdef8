import { type AsrProvider, FRAME_MS, type PcmFrame, ProviderError } from '../contracts/index.ts';
import { abortable, Channel, isAbort, type Scope } from '../kernel/index.ts';

/** Speech that waits for the recogniser, in frames of 20 ms: a minute. What exceeds it is dropped, oldest first. */
const MAX_WAITING_FRAMES = 3000;

export interface UtteranceOptions {
  readonly callerId: string;
  readonly asr: AsrProvider;
  readonly language?: string;
  readonly scope: Scope;
  /** Text or language changed, or it is settled now. */
  readonly onChange: (utterance: Utterance) => void;
  readonly onError: (error: ProviderError) => void;
}

/** One run of speech of one caller, from onset to pause, and its transcript as it grows. */
export class Utterance {
  readonly callerId: string;
  text = '';
  language: string | undefined;
  /** Frames of it, and those that were the agent's own voice, come back. */
  #frames = 0;
  #echoed = 0;
  #endsAt = 0;
  #finished = false;
  readonly #audio: Channel<PcmFrame>;
  readonly #scope: Scope;
  readonly #options: UtteranceOptions;

  constructor(options: UtteranceOptions) {
    this.#options = options;
    this.callerId = options.callerId;
    this.language = options.language;
    this.#scope = options.scope;
    this.#audio = new Channel({ capacity: MAX_WAITING_FRAMES, overflow: 'drop-oldest' });
  }

  push(frame: PcmFrame, isEcho = false): void {
    this.#audio.push(frame);
    this.#endsAt = frame.at + FRAME_MS;
    this.#frames++;
    if (isEcho) this.#echoed++;
  }

  /** Media time of its last sample so far, in ms. */
  get endsAt(): number {
    return this.#endsAt;
  }

  /** True once no more words will come, be it that recognition failed or the caller left. */
  get settled(): boolean {
    return this.#finished || this.#scope.closed;
  }

  /** How much of it was the agent's own voice, 0..1. */
  get echoShare(): number {
    return this.#frames > 0 ? this.#echoed / this.#frames : 0;
  }

  /** The pause came: the recogniser is to finish. */
  end(): void {
    this.#audio.end();
  }

  /** Forget it; nothing more is reported. */
  drop(): void {
    void this.#scope.close('superseded');
  }

  async run(): Promise<void> {
    const { asr, language } = this.#options;
    const { signal } = this.#scope;
    try {
      const transcripts = asr.transcribe(this.#audio, { signal, ...(language ? { language } : {}) });
      for await (const transcript of abortable(transcripts, signal)) {
        this.text = transcript.text.trim();
        this.language = transcript.language ?? this.language;
        if (transcript.kind === 'final') break;
        this.#options.onChange(this);
      }
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.#options.onError(
        error instanceof ProviderError ? error : ProviderError.unavailable('asr', String(error), { cause: error }),
      );
    }
    this.#finished = true;
    this.#options.onChange(this);
    await this.#scope.close('done');
  }
}
