/** One utterance on its way out: written in order, played at real time, cut by its signal. */
export interface Speech {
  /**
   * Queues mono samples at the speech's rate; resolves when there is room for more.
   * Rejects with the signal's reason once that is aborted.
   */
  write(samples: Int16Array): Promise<void>;
  /**
   * The same for a packet of Opus of `FRAME_MS`, which leaves as it is wherever it can: a mouth that `takesOpus` has this.
   * `begins`: the first of its stream.
   */
  writeOpus?(packet: Uint8Array, begins: boolean): Promise<void>;
  /** No more audio; resolves when its last packet is out, rejects with the signal's reason when it is cut. */
  end(): Promise<void>;
  /** How much of this speech packets have carried so far, in ms. */
  readonly playedMs: number;
}

export interface SpeechOptions {
  /** Hz of what will be written. */
  readonly rate: number;
  /** Aborting empties this speech's own queue at once; no packet of it leaves after that. */
  readonly signal: AbortSignal;
  /** Called once, when the first packet leaves; `at` is the clock's ms. */
  readonly onFirstPacket?: (at: number) => void;
}

/** The only way out: nothing else sends voice. Speeches play one after another, in the order they were opened. */
export interface Mouth {
  /** Its speeches have `writeOpus`. */
  readonly takesOpus?: boolean;
  speak(options: SpeechOptions): Speech;
  /** Gain of what leaves from now on, ramped over one frame; 1 is full. */
  duck(gain: number): void;
  /** Stops at the next frame and keeps what is queued. */
  hold(): void;
  resume(): void;
  /** What has left of the speech under way since clock's ms `since` is said again; where the mouth can. */
  rewind?(since: number): void;
  readonly held: boolean;
  /** Clock's ms at which the last packet that carried voice left; 0 before any. */
  readonly lastVoiceAt: number;
  close(): void;
}
