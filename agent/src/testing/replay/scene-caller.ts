import type { OpusLibrary } from '../../codec/index.ts';
import { type AsrProvider, FRAME_MS, HEARING_RATE } from '../../contracts/index.ts';
import { EchoGate, EchoVerdict } from '../../hearing/index.ts';
import type { Clock, Scope } from '../../kernel/index.ts';
import { Listener, type ListenerHandlers } from '../../session/listener.ts';
import type { JudgedGates } from './judged-gates.ts';
import { LossyLine } from './lossy-line.ts';
import { Loudspeaker } from './loudspeaker.ts';
import { Microphone } from './microphone.ts';
import type { SceneCaller } from './scene.ts';
import type { TimedWord } from './words.ts';

/** How long packets wait in the ear's jitter buffer on a good line, in ms. */
const BUFFER_MS = 60;
/** As in a call: the agent's voice that the echo gate must have heard to know whether a line brings it back, in ms. */
const ECHO_UNKNOWN_MS = 1500;

export interface SceneCallerOptions {
  readonly id: string;
  readonly settings: SceneCaller;
  readonly language?: string;
  readonly lastsMs: number;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly library: OpusLibrary;
  readonly gates: JudgedGates;
  readonly handlers: ListenerHandlers;
  readonly asr: (words: () => readonly TimedWord[]) => AsrProvider;
}

/** A caller put together as in a call, but for RTP: a microphone, a line, and the agent's ear for it. */
export class CallerInScene {
  readonly id: string;
  readonly listener: Listener;
  readonly scope: Scope;
  readonly #microphone: Microphone;
  readonly #loudspeaker: Loudspeaker | undefined;
  readonly #line: LossyLine | undefined;
  readonly #clock: Clock;
  readonly #echo = new EchoGate();
  readonly #verdict = new EchoVerdict();
  #voicedMs = 0;
  /** Clock's ms of the first sample. */
  readonly #joinedAt: number;
  #frames = 0;

  constructor(options: SceneCallerOptions) {
    const { id, settings, lastsMs, clock, scope, library, gates, language, handlers, asr } = options;
    this.id = id;
    this.scope = scope;
    this.#clock = clock;
    this.#joinedAt = clock.now();
    this.#microphone = new Microphone(settings, lastsMs);
    this.#loudspeaker = settings.echo && new Loudspeaker(settings.echo);
    this.#line = settings.loss && new LossyLine(library, settings.loss);
    this.listener = new Listener({
      callerId: id,
      asr: asr(() => this.#microphone.words),
      ...(language ? { language } : {}),
      scope,
      openGate: (onEvent) => gates.open({ onEvent }),
      arrivalOf: (at) => this.#joinedAt + at,
      isEcho: () => this.#verdict.isEcho(clock.now()),
      mayEcho: () => this.#verdict.returns || this.#voicedMs < ECHO_UNKNOWN_MS,
      handlers,
    });
    scope.onClose(() => this.#line?.close());
  }

  /** Something sounds at this microphone from the clock's ms `at` on. */
  sounds(samples: Int16Array, words: readonly TimedWord[], at: number): void {
    this.#microphone.add({ samples, words }, at - this.#joinedAt);
  }

  /** A frame of the agent's voice leaves; `words` begin in it, in ms of the frame. */
  agentSends(frame: Int16Array, rate: number, at: number, words: readonly TimedWord[]): void {
    this.#voicedMs += FRAME_MS;
    this.#echo.sent(frame, rate, at);
    if (!this.#loudspeaker) return;
    const backAt = at + this.#loudspeaker.delayMs - FRAME_MS - this.#joinedAt;
    this.#microphone.addSound(this.#loudspeaker.echo(frame), backAt);
    this.#microphone.words.push(...words.map(({ text, from, to }) => ({ text, from: from + backAt, to: to + backAt })));
  }

  /** Everything that has come through the line by now goes into the ear. */
  hear(): void {
    const now = this.#clock.now();
    for (;;) {
      const at = this.#frames * FRAME_MS;
      const arrivedAt = this.#joinedAt + at + FRAME_MS;
      if (arrivedAt + BUFFER_MS > now || this.scope.closed) return;
      this.#frames++;
      const clean = this.#microphone.frame(at);
      const frame = { samples: this.#line?.pass(clean) ?? clean, rate: HEARING_RATE, at };
      this.#verdict.hear(this.#echo.judge(frame, arrivedAt), now);
      this.listener.push(frame);
    }
  }
}
