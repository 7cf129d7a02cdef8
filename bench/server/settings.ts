/** The fixed silence that ends a turn in the latency suite, in ms: what is left of the latency is the framework's. */
export const ENDPOINTING_MS = 500;
