import { type AsrProvider, FRAME_MS, type PcmFrame, type ProviderError } from '../contracts/index.ts';
import type { GateEvent, SpeechGate } from '../hearing/index.ts';
import type { Scope } from '../kernel/index.ts';
import { Foreground } from './foreground.ts';
import { TurnAudio } from './turn-audio.ts';
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
  /** The line brings the agent's voice back, or nobody can tell yet. */
  readonly mayEcho: () => boolean;
  /** Keep what a turn model wants to hear. */
  readonly keepsAudio?: boolean;
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

/** Without partials: a voice that is faded for so long is the room's, and so is speech that never pauses, in ms. */
const FADED_MS = 1500;
const ENDLESS_MS = 30_000;
/** A voice above the room for so long is somebody's, in ms. */
const RISEN_MS = 100;

/**
 * Hears one caller: frames -> voice activity -> utterances with transcripts. Voice activity cannot tell a caller from the
 * voices behind: such speech is in the background, where it is heard on, and counts as silence until it has words or
 * rises above the room.
 */
export class Listener {
  readonly callerId: string;
  readonly #options: ListenerOptions;
  readonly #gate: SpeechGate;
  readonly #audio: TurnAudio | undefined;
  #current: Utterance | undefined;
  #foreground = new Foreground();
  #background = false;
  /** What ended in the background: it was nobody's, unless it has words after all. */
  #unheard: Utterance | undefined;
  #lastedMs = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.callerId = options.callerId;
    if (options.keepsAudio) this.#audio = new TurnAudio();
    this.#gate = options.openGate((event) => this.#onGate(event));
    options.scope.onClose(() => this.#gate.close());
  }

  /** Its words come while it is spoken. */
  get partials(): boolean {
    return this.#options.asr.partials === true;
  }

  get mayEcho(): boolean {
    return this.#options.mayEcho();
  }

  get isEcho(): boolean {
    return this.#options.isEcho();
  }

  push(frame: PcmFrame): void {
    this.#audio?.push(frame.samples);
    this.#gate.push(frame);
  }

  /** The last `ms` of what was heard, 8 s at most; nothing where it is not kept. */
  lastAudio(ms: number): Int16Array {
    return this.#audio?.last(ms) ?? new Int16Array(0);
  }

  /** What goes on is not the caller, who last spoke at the clock's ms `at`. */
  toBackground(at: number): void {
    if (!this.#current || this.#background) return;
    this.#background = true;
    this.#current.end();
    this.#begin([]);
    this.#options.handlers.speechEnd(this, at);
  }

  #onGate(event: GateEvent): void {
    const { handlers, arrivalOf } = this.#options;
    switch (event.kind) {
      case 'speech-start':
        this.#background = false;
        handlers.speechStart(this, arrivalOf(event.at));
        handlers.utterance(this, this.#begin(event.preroll));
        break;
      case 'speech-frame':
        this.#onFrame(event.frame);
        break;
      case 'speech-end':
        this.#current?.end();
        if (this.#background) this.#unheard = this.#current;
        else handlers.speechEnd(this, arrivalOf(event.at));
        this.#current = undefined;
        this.#background = false;
        break;
      case 'state':
        handlers.hint(this, HINTS[event.state]);
        break;
      case 'failed':
        handlers.failed(event.error);
        break;
    }
  }

  #onFrame(frame: PcmFrame): void {
    const { handlers, arrivalOf } = this.#options;
    this.#current?.push(frame, this.isEcho);
    this.#foreground.push(frame.samples);
    this.#lastedMs += FRAME_MS;
    if (this.#background) {
      if (this.#foreground.risenMs >= RISEN_MS) this.#toForeground(arrivalOf(frame.at) - RISEN_MS);
      return;
    }
    handlers.speechGoesOn(this);
    if (this.partials) return;
    const { fadedMs } = this.#foreground;
    if (fadedMs >= FADED_MS) this.toBackground(arrivalOf(frame.at) - fadedMs);
    else if (this.#lastedMs >= ENDLESS_MS) this.toBackground(arrivalOf(frame.at));
  }

  #toForeground(at: number): void {
    const { handlers } = this.#options;
    if (!this.#background || !this.#current) return;
    this.#background = false;
    handlers.speechStart(this, at);
    handlers.utterance(this, this.#current);
  }

  #begin(preroll: readonly PcmFrame[]): Utterance {
    this.#foreground = new Foreground();
    this.#lastedMs = 0;
    const utterance = this.#open(preroll);
    this.#current = utterance;
    return utterance;
  }

  #onChange(utterance: Utterance): void {
    const { handlers, arrivalOf } = this.#options;
    const hasWords = utterance.text !== '';
    const at = arrivalOf(utterance.endsAt);
    if (this.#background && utterance === this.#current) {
      if (hasWords) this.#toForeground(at);
    } else if (utterance === this.#unheard) {
      if (hasWords) this.#tellLate(utterance, at);
    } else {
      handlers.utterance(this, utterance);
    }
  }

  /** Words of what has ended already. */
  #tellLate(utterance: Utterance, at: number): void {
    const { handlers } = this.#options;
    this.#unheard = undefined;
    handlers.speechStart(this, at);
    handlers.utterance(this, utterance);
    if (!this.#current) handlers.speechEnd(this, at);
  }

  #open(preroll: readonly PcmFrame[]): Utterance {
    const { callerId, asr, language, scope, handlers } = this.#options;
    const utterance = new Utterance({
      callerId,
      asr,
      ...(language ? { language } : {}),
      scope: scope.child('utterance'),
      onChange: (changed) => this.#onChange(changed),
      onError: (error) => handlers.failed(error),
    });
    for (const frame of preroll) utterance.push(frame);
    void utterance.run();
    return utterance;
  }
}
