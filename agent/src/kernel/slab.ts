/** Cut into so many bytes at a time: some hundred frames. */
const SLAB_BYTES = 1 << 16;
/** What is larger has a buffer of its own. */
const LARGEST_BYTES = SLAB_BYTES / 8;
const ALIGNED = 8;

let slab = new ArrayBuffer(SLAB_BYTES);
let used = 0;

function cut(bytes: number): number {
  if (used + bytes > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    used = 0;
  }
  const at = used;
  used += Math.ceil(bytes / ALIGNED) * ALIGNED;
  return at;
}

/**
 * An array of zeros for a frame of audio that lives for a moment. Many share one buffer, as garbage collection takes
 * longest for buffers: it must not be transferred to another thread, and what keeps it keeps the others' memory.
 */
export function momentarySamples(length: number): Int16Array {
  if (length * 2 > LARGEST_BYTES) return new Int16Array(length);
  const at = cut(length * 2);
  return new Int16Array(slab, at, length);
}

/** The same for a packet. */
export function momentaryBytes(length: number): Uint8Array {
  if (length > LARGEST_BYTES) return new Uint8Array(length);
  const at = cut(length);
  return new Uint8Array(slab, at, length);
}
