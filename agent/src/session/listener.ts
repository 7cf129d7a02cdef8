import type { AsrProvider, PcmFrame, ProviderError } from '../contracts/index.ts';
import type { GateEvent, SpeechGate } from '../hearing/index.ts';
import type { Scope } from '../kernel/index.ts';
import { Utterance } from './utterance.ts';

export interface ListenerOptions {
  readonly callerId: string;
  readonly asr: AsrProvider;
  readonly language?: string;
  readonly scope: Scope;
  readonly openGate: (onEvent: (event: GateEvent) => void) => SpeechGate;
  /** Clock's ms at which the audio of this media time arrived. */
  readonly arrivalOf: (at: number) => number;
  /** What is heard just now is the agent's own voice, come back through a loudspeaker. */
  readonly isEcho: () => boolean;
  readonly handlers: ListenerHandlers;
}

/** `at` is the clock's ms at which the sound in question arrived. */
export interface ListenerHandlers {
  speechStart(listener: Listener, at: number): void;
  speechGoesOn(listener: Listener): void;
  /** Sooner than speech can be told for sure: it may be about to start (or was nothing), or to end (or goes on). */
  hint(listener: Listener, hint: 'maybe-starts' | 'nothing' | 'maybe-ends' | 'goes-on'): void;
  speechEnd(listener: Listener, at: number): void;
  utterance(listener: Listener, utterance: Utterance): void;
  failed(error: ProviderError): void;
}

const HINTS = {
  quiet: 'nothing',
  starting: 'maybe-starts',
  speaking: 'goes-on',
  stopping: 'maybe-ends',
} as const;

/** Hears one caller: frames -> voice activity -> utterances with transcripts. */
export class Listener {
  readonly callerId: string;
  readonly #options: ListenerOptions;
  readonly #gate: SpeechGate;
  #current: Utterance | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.callerId = options.callerId;
    this.#gate = options.openGate((event) => this.#onGate(event));
    options.scope.onClose(() => this.#gate.close());
  }

  /** Speech has begun and not paused yet. */
  get speaking(): boolean {
    return this.#current !== undefined;
  }

  get isEcho(): boolean {
    return this.#options.isEcho();
  }

  push(frame: PcmFrame): void {
    this.#gate.push(frame);
  }

  #onGate(event: GateEvent): void {
    const { handlers, arrivalOf } = this.#options;
    switch (event.kind) {
      case 'speech-start':
        this.#current = this.#open(event.preroll);
        handlers.speechStart(this, arrivalOf(event.at));
        handlers.utterance(this, this.#current);
        break;
      case 'speech-frame':
        this.#current?.push(event.frame, this.isEcho);
        handlers.speechGoesOn(this);
        break;
      case 'speech-end':
        this.#current?.end();
        this.#current = undefined;
        handlers.speechEnd(this, arrivalOf(event.at));
        break;
      case 'state':
        handlers.hint(this, HINTS[event.state]);
        break;
      case 'failed':
        handlers.failed(event.error);
        break;
    }
  }

  #open(preroll: readonly PcmFrame[]): Utterance {
    const { callerId, asr, language, scope, handlers } = this.#options;
    const utterance = new Utterance({
      callerId,
      asr,
      ...(language ? { language } : {}),
      scope: scope.child('utterance'),
      onChange: (changed) => handlers.utterance(this, changed),
      onError: (error) => handlers.failed(error),
    });
    for (const frame of preroll) utterance.push(frame);
    void utterance.run();
    return utterance;
  }
}
