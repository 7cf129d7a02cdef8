/** Everything a stream gives. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** What it rejects with; throws where it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

const GIVE_UP_MS = 10_000;

/** Resolves when the condition holds, looked at at each turn of the event loop: for what happens in other processes. */
export async function until(condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`it did not come true in ${GIVE_UP_MS} ms: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
