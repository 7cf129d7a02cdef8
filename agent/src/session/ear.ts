import { Framer, hasFec, type OpusDecoder, OpusError, type OpusLibrary, packetMs } from '../codec/index.ts';
import { type EarRtp, FRAME_MS, HEARING_RATE, type PcmFrame } from '../contracts/index.ts';
import { type Clock, momentarySamples } from '../kernel/index.ts';
import {
  type BufferedPacket,
  JitterBuffer,
  type JitterStats,
  type Pulled,
  type RtpPacket,
  type Tick,
  type Ticker,
} from '../rtp/index.ts';
import { QuietMeter } from './ear-quiet.ts';

export interface EarOptions {
  readonly ear: EarRtp;
  readonly library: OpusLibrary;
  readonly ticker: Ticker;
  readonly clock: Clock;
  /** One 20 ms frame at 16 kHz each tick, from the first packet on. `at` counts them without a break, from any number. */
  readonly onFrame: (frame: PcmFrame) => void;
  /** What a packet holds as it comes, at 16 kHz: some 60 ms sooner than its frame. Not what is recovered or guessed. */
  readonly onArrival?: (samples: Int16Array) => void;
}

/** Packets come from `JitterStats`; the rest counts 20 ms frames. */
export interface EarStats extends Readonly<JitterStats> {
  /** Got back from the FEC of the packet after. */
  readonly recovered: number;
  /** Guessed, because they were lost or late. */
  readonly concealed: number;
  /** Packets that looked like Opus and could not be decoded. */
  readonly corrupt: number;
  /** Ms that packets wait. */
  readonly bufferMs: number;
  readonly targetBufferMs: number;
}

const FRAME_SAMPLES = (FRAME_MS * HEARING_RATE) / 1000;
/** RTP units a sample: 48 kHz over ours. */
const UNITS = 48_000 / HEARING_RATE;
/** Frames guessed in a row before silence: longer guesses drone. */
const MAX_CONCEALED = 5;
/** Opus conceals in steps of 2.5 ms, in samples. */
const CONCEAL_STEP = HEARING_RATE / 400;
/** Frames whose arrival is remembered: 20 s. */
const REMEMBERED = 1024;
/** Where a stream's clock begins, in frames: every ear's windows of voice detection end on the same ticks. */
const RASTER_FRAMES = 128;

/** One caller's voice: RTP in, an unbroken run of PCM frames out. */
export class Ear {
  readonly callerId: string;
  readonly #options: EarOptions;
  readonly #decoder: OpusDecoder;
  readonly #buffer = new JitterBuffer({ packetMs, onNext: (packet) => this.#decode(packet) });
  readonly #framer = new Framer(FRAME_SAMPLES);
  readonly #meter = new QuietMeter();
  readonly #arrivals = new Float64Array(REMEMBERED);
  #frames = 0;
  #firstFrame = 0;
  #arrival = 0;
  #concealedInRow = 0;
  #recovered = 0;
  #concealed = 0;
  #corrupt = 0;
  #leaveTicker: (() => void) | undefined;
  #closed = false;

  constructor(options: EarOptions) {
    this.#options = options;
    this.callerId = options.ear.callerId;
    this.#decoder = options.library.decoder({ rate: HEARING_RATE });
  }

  /** A packet from the socket; those of other payload types are left out. */
  receive(packet: RtpPacket): void {
    if (this.#closed || packet.payloadType !== this.#options.ear.payloadType) return;
    this.#leaveTicker ??= this.#options.ticker.add((tick) => this.#onTick(tick));
    this.#buffer.insert(packet, this.#options.clock.now());
  }

  /** Clock's ms at which the packet of the frame with this `at` came; where none came, when it would have. */
  arrivedAt(at: number): number | undefined {
    const index = Math.floor(at / FRAME_MS) - this.#firstFrame;
    const known = index >= 0 && index < this.#frames && index >= this.#frames - REMEMBERED;
    return known ? this.#arrivals[index % REMEMBERED] : undefined;
  }

  get stats(): EarStats {
    return {
      ...this.#buffer.stats,
      recovered: this.#recovered,
      concealed: this.#concealed,
      corrupt: this.#corrupt,
      bufferMs: this.#buffer.delayMs,
      targetBufferMs: this.#buffer.targetMs,
    };
  }

  /** No frame comes after this; can be called again. */
  close(): void {
    this.#closed = true;
    this.#leaveTicker?.();
    this.#decoder.close();
  }

  #onTick(tick: Tick): void {
    this.#arrival = tick.due - this.#buffer.delayMs;
    while (this.#framer.size < FRAME_SAMPLES) {
      const pulled = this.#buffer.pull(tick.due, this.#meter.quiet);
      if (!pulled && this.#frames === 0) return;
      if (this.#frames === 0) this.#firstFrame = tick.index % RASTER_FRAMES;
      const pcm = this.#render(pulled ?? { kind: 'gap', duration: FRAME_SAMPLES * UNITS });
      if (pcm) this.#framer.push(pcm);
    }
    this.#handOut();
  }

  #handOut(): void {
    const samples = this.#framer.take() as Int16Array;
    const at = (this.#firstFrame + this.#frames) * FRAME_MS;
    this.#arrivals[this.#frames % REMEMBERED] = this.#arrival;
    this.#frames++;
    this.#options.onFrame({ samples, rate: HEARING_RATE, at });
  }

  /** The audio of what is due; undefined for silence that is left out. */
  #render(pulled: Pulled): Int16Array | undefined {
    const samples = Math.round(pulled.duration / UNITS);
    switch (pulled.kind) {
      case 'packet': {
        this.#arrival = pulled.packet.arrival;
        const pcm = pulled.packet.audio ?? momentarySamples(samples);
        this.#meter.hear(pcm);
        return pulled.surplus && this.#meter.quiet ? undefined : pcm;
      }
      case 'lost':
        return pulled.next && hasFec(pulled.next.payload)
          ? this.#recover(pulled.next.payload, samples)
          : this.#conceal(samples);
      case 'gap':
        this.#meter.hearNothing();
        return momentarySamples(samples);
      case 'empty':
        return this.#meter.silent ? momentarySamples(samples) : this.#conceal(samples);
    }
  }

  /** In the order of playing, as decoders must. */
  #decode(packet: BufferedPacket): void {
    try {
      const pcm = this.#decoder.decode(packet.payload);
      this.#concealedInRow = 0;
      packet.audio = pcm;
      this.#options.onArrival?.(pcm);
    } catch (error) {
      if (!(error instanceof OpusError)) throw error;
      this.#corrupt++;
      packet.audio = this.#conceal(Math.round(packet.duration / UNITS));
    }
  }

  #recover(nextPayload: Uint8Array, samples: number): Int16Array {
    if (samples % CONCEAL_STEP !== 0) return this.#conceal(samples);
    try {
      const pcm = this.#decoder.decodeFec(nextPayload, samples);
      this.#recovered++;
      this.#concealedInRow = 0;
      return pcm;
    } catch (error) {
      if (!(error instanceof OpusError)) throw error;
      return this.#conceal(samples);
    }
  }

  #conceal(samples: number): Int16Array {
    if (this.#concealedInRow >= MAX_CONCEALED) {
      this.#meter.hearNothing();
      return momentarySamples(samples);
    }
    this.#concealedInRow++;
    this.#concealed++;
    return this.#decoder.conceal(Math.ceil(samples / CONCEAL_STEP) * CONCEAL_STEP).subarray(0, samples);
  }
}
