const repeated = new WeakSet<object>();

/** Notes that the request behind this error was already made twice at once. */
export function markRepeated<T>(error: T): T {
  if (typeof error === 'object' && error !== null) repeated.add(error);
  return error;
}

/** Whether nobody should make the request a third time at once. */
export const wasRepeated = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && repeated.has(error);
