/** What a listener with an ordinary buffer did not have when it was to be played. */
export interface FlowFigures {
  packets: number;
  /** Times at which the next packet was not there yet; packets that are late together count once. */
  underruns: number;
  /** The same while this process stood still itself: nobody's fault. */
  disturbed: number;
  /** Sequence numbers that never came. */
  lost: number;
}

/** How far a listener is behind the promptest packet, in ms: what browsers settle at on a good line. */
const BUFFER_MS = 60;
/** Packets further apart than this belong to two runs, in ms. */
const BREAK_MS = 100;
const UNITS_A_MS = 48;

/** Watches one caller's incoming packets without decoding them. */
export class Flow {
  readonly figures: FlowFigures = { packets: 0, underruns: 0, disturbed: 0, lost: 0 };
  /** Clock's ms of the last arrival. */
  lastAt = 0;
  readonly #wasDisturbed: (at: number) => boolean;
  #last: { readonly sequence: number; readonly timestamp: number } | undefined;
  /** Arrival less timestamp of the promptest packet of the run. */
  #least = 0;
  #first = 0;
  #late = false;

  constructor(wasDisturbed: (at: number) => boolean) {
    this.#wasDisturbed = wasDisturbed;
  }

  /** `at`: clock's ms of its arrival; `timestamp` at 48 kHz. */
  receive(at: number, sequence: number, timestamp: number): void {
    const { figures } = this;
    figures.packets++;
    this.lastAt = at;
    const last = this.#last;
    this.#last = { sequence, timestamp };
    const gap = last ? (timestamp - last.timestamp) >>> 0 : 0;
    if (last) figures.lost += Math.max(0, ((sequence - last.sequence) & 0xffff) - 1) % 0x8000;
    if (!last || gap > BREAK_MS * UNITS_A_MS) {
      this.#first = timestamp;
      this.#least = at;
      this.#late = false;
      return;
    }
    const transit = at - ((timestamp - this.#first) >>> 0) / UNITS_A_MS;
    this.#least = Math.min(this.#least, transit);
    const late = transit - this.#least > BUFFER_MS;
    if (late && !this.#late) {
      if (this.#wasDisturbed(at)) figures.disturbed++;
      else figures.underruns++;
    }
    this.#late = late;
  }
}

export const addFlows = (flows: readonly FlowFigures[]): FlowFigures =>
  flows.reduce<FlowFigures>(
    (sum, each) => ({
      packets: sum.packets + each.packets,
      underruns: sum.underruns + each.underruns,
      disturbed: sum.disturbed + each.disturbed,
      lost: sum.lost + each.lost,
    }),
    { packets: 0, underruns: 0, disturbed: 0, lost: 0 },
  );
