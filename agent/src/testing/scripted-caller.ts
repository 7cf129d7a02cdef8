import { type AsrProvider, FRAME_MS, HEARING_RATE, type PcmFrame } from '../contracts/index.ts';
import type { GateEvent } from '../hearing/index.ts';
import type { Scope } from '../kernel/index.ts';
import { Listener, type ListenerHandlers } from '../session/listener.ts';
import type { ManualClock } from './manual-clock.ts';

/** A caller without audio: the test says when speech starts and pauses; media time is the manual clock's. */
export class ScriptedCaller {
  readonly listener: Listener;
  /** What it says is the agent's own voice, come back. */
  isEcho = false;
  readonly #clock: ManualClock;
  #tell: (event: GateEvent) => void = () => {};

  constructor(options: {
    language?: string;
    id: string;
    clock: ManualClock;
    scope: Scope;
    asr: AsrProvider;
    handlers: ListenerHandlers;
  }) {
    this.#clock = options.clock;
    this.listener = new Listener({
      callerId: options.id,
      asr: options.asr,
      ...(options.language ? { language: options.language } : {}),
      scope: options.scope,
      arrivalOf: (at) => at,
      isEcho: () => this.isEcho,
      mayEcho: () => this.isEcho,
      keepsAudio: true,
      handlers: options.handlers,
      openGate: (onEvent) => {
        this.#tell = onEvent;
        return {
          state: 'quiet',
          probability: 0,
          dropped: 0,
          push: () => {},
          flush: async () => {},
          reset: () => {},
          close: () => {},
        };
      },
    });
  }

  /** Speech for `ms`, then the pause that the gate tells of `pauseMs` later. */
  async speak(ms: number, pauseMs = 0): Promise<void> {
    await this.start();
    await this.goOn(ms);
    const end = this.#clock.now();
    await this.#clock.advance(pauseMs);
    this.#tell({ kind: 'speech-end', at: end });
    await this.#clock.advance(0);
  }

  async start(): Promise<void> {
    this.#tell({ kind: 'speech-start', at: this.#clock.now(), preroll: [] });
    await this.#clock.advance(0);
  }

  async goOn(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += FRAME_MS) {
      await this.#clock.advance(FRAME_MS);
      const samples = new Int16Array((HEARING_RATE * FRAME_MS) / 1000);
      const frame: PcmFrame = { samples, rate: HEARING_RATE, at: this.#clock.now() };
      this.listener.push(frame);
      this.#tell({ kind: 'speech-frame', frame });
    }
  }

  async pause(): Promise<void> {
    this.#tell({ kind: 'speech-end', at: this.#clock.now() });
    await this.#clock.advance(0);
  }
}
