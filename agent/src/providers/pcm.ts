/** Turns bytes of s16le PCM, cut anywhere, into samples: an odd byte waits for its other half. */
export class PcmBytes {
  #odd: number | undefined;

  push(chunk: Uint8Array): Int16Array {
    const carried = this.#odd === undefined ? 0 : 1;
    const samples = new Int16Array((chunk.length + carried) >> 1);
    const bytes = new Uint8Array(samples.buffer);
    if (carried && bytes.length > 0) bytes[0] = this.#odd as number;
    const taken = Math.max(0, bytes.length - carried);
    bytes.set(chunk.subarray(0, taken), carried);
    if (taken < chunk.length) this.#odd = chunk[taken];
    else if (bytes.length > 0) this.#odd = undefined;
    return samples;
  }
}
