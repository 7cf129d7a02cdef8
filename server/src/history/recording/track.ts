import { type OpusUnit, SILENCE, UNIT_MS, unitsOf } from './opus.ts';

/** RTP clock of Opus. */
const TICKS_PER_UNIT = 48 * UNIT_MS;
/** So many packets show whether a sender's clock has drifted from ours. */
const DRIFT_WINDOW = 50;
/** Drift that is mended, in units. */
const MOST_DRIFT = 2;
/** Units that wait to be taken; those after them are dropped. */
const MOST_WAITING = 250;

/** One side of a recording: puts what comes by RTP into its place on the call's clock. */
export class Track {
  readonly #units = new Map<number, OpusUnit>();
  /** Where the RTP timestamps are on the call's clock; absent until a sender is heard. */
  #anchor: { ticks: number; slot: number } | undefined;
  #taken = 0;
  #seen = 0;
  #least = Number.POSITIVE_INFINITY;
  #unfit = 0;
  readonly #before: number;

  /** `sentAfter`: a microphone's packet is sent when its 20 ms are over, an agent's when they begin. */
  constructor({ sentAfter }: { readonly sentAfter: boolean }) {
    this.#before = sentAfter ? 1 : 0;
  }

  /** Packets whose frames no recording can hold. */
  get unfit(): number {
    return this.#unfit;
  }

  /** Another sender: its timestamps mean nothing yet. */
  restart(): void {
    this.#anchor = undefined;
  }

  /** `atMs`: when it came, on the call's clock. */
  put(packet: Uint8Array, atMs: number): void {
    const rtp = readRtp(packet);
    if (!rtp || rtp.payload.length === 0) return;
    const units = unitsOf(rtp.payload);
    if (units.length === 0) this.#unfit++;
    const slot = this.#slotOf(rtp.ticks, atMs / UNIT_MS - this.#before);
    units.forEach((unit, at) => {
      if (slot + at >= this.#taken && slot + at < this.#taken + MOST_WAITING) this.#units.set(slot + at, unit);
    });
  }

  /** The next 20 ms; silence where nothing came. */
  take(): OpusUnit {
    const slot = this.#taken++;
    const unit = this.#units.get(slot) ?? SILENCE;
    this.#units.delete(slot);
    return unit;
  }

  #slotOf(ticks: number, arrival: number): number {
    this.#anchor ??= { ticks, slot: Math.floor(arrival) };
    // Timestamps wrap.
    const since = (ticks - this.#anchor.ticks) | 0;
    const slot = this.#anchor.slot + Math.round(since / TICKS_PER_UNIT);
    const late = Math.floor(arrival) - slot;
    // Nothing comes before it was said: the first packet was late, or the clock has jumped.
    if (late < -MOST_DRIFT) return this.#move(ticks, Math.floor(arrival));
    this.#least = Math.min(this.#least, late);
    if (++this.#seen < DRIFT_WINDOW) return slot;
    const drift = this.#least;
    return drift >= MOST_DRIFT ? this.#move(ticks, slot + drift) : this.#move(ticks, slot);
  }

  #move(ticks: number, slot: number): number {
    this.#anchor = { ticks, slot };
    this.#seen = 0;
    this.#least = Number.POSITIVE_INFINITY;
    return slot;
  }
}

/** RFC 3550, 5.1. Undefined for what is no RTP. */
function readRtp(packet: Uint8Array): { ticks: number; payload: Uint8Array } | undefined {
  const view = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if (view.length < 12 || view[0]! >> 6 !== 2) return undefined;
  let start = 12 + 4 * (view[0]! & 0x0f);
  if (view[0]! & 0x10) {
    if (view.length < start + 4) return undefined;
    start += 4 + 4 * view.readUInt16BE(start + 2);
  }
  const padding = view[0]! & 0x20 ? view.at(-1)! : 0;
  if (start > view.length - padding) return undefined;
  return { ticks: view.readUInt32BE(4), payload: Uint8Array.from(view.subarray(start, view.length - padding)) };
}
