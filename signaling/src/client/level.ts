import { type Clock, systemClock } from './clock.ts';

/** How often levels are reported, ms. */
export const LEVEL_PERIOD_MS = 50;

/** Speech lies between these, in dB of full scale. */
const QUIET_DB = -60;
const LOUD_DB = -12;

/** Loudness as people see it: 0 is quiet, 1 is loud speech. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length || 1e-12);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Reads the level of one track. It makes nothing audible. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(context: AudioContext, track: MediaStreamTrack) {
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = 1024;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** 0..1, of the last ~20 ms. */
  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(this.#samples);
  }

  /** The track goes on. */
  close(): void {
    this.#source.disconnect();
  }
}

/** How loud both sides are: 0 is quiet, 1 is loud speech. */
export interface Levels {
  readonly microphone: number;
  readonly agent: number;
}

/** The levels of both sides of a call, reported together. */
export class LevelWatch {
  readonly #report: (levels: Levels) => void;
  readonly #clock: Clock;
  readonly #meters = new Map<keyof Levels, LevelMeter>();
  #context: AudioContext | undefined;
  #cancel: (() => void) | undefined;

  constructor(report: (levels: Levels) => void, clock: Clock = systemClock) {
    this.#report = report;
    this.#clock = clock;
  }

  /** Measures `track` as this side from now on; `undefined` stops. Does nothing where there is no Web Audio. */
  watch(side: keyof Levels, track: MediaStreamTrack | undefined): void {
    this.#meters.get(side)?.close();
    this.#meters.delete(side);
    if (!track || typeof AudioContext === 'undefined') return;
    this.#context ??= new AudioContext();
    this.#meters.set(side, new LevelMeter(this.#context, track));
    if (!this.#cancel) this.#tick();
  }

  /** After a user's gesture: lets a context run that the browser's autoplay rules hold. */
  resume(): void {
    this.#context?.resume().catch(() => {});
  }

  close(): void {
    this.#cancel?.();
    for (const meter of this.#meters.values()) meter.close();
    this.#meters.clear();
    this.#context?.close().catch(() => {});
    this.#context = undefined;
  }

  #tick(): void {
    const read = (side: keyof Levels) => this.#meters.get(side)?.read() ?? 0;
    this.#report({ microphone: read('microphone'), agent: read('agent') });
    this.#cancel = this.#clock.after(LEVEL_PERIOD_MS, () => this.#tick());
  }
}
