/** Gain at the beginning of a frame and at its end; 1 is full. */
export interface GainRamp {
  readonly from: number;
  readonly to: number;
}

/** Multiplies in place by a gain that changes evenly. */
export function ramp(frame: Int16Array, { from, to }: GainRamp): void {
  if (from === 1 && to === 1) return;
  const step = (to - from) / frame.length;
  for (let i = 0; i < frame.length; i++) frame[i] = Math.round(frame[i]! * (from + step * (i + 1)));
}
