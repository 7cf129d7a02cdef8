import type { Said } from './messages.ts';

/** One place where answers are written, one at a time. It still knows what was said there last. */
export interface Seat {
  busy: boolean;
  read: readonly Said[];
}

/**
 * The free seat that has read the most of this conversation: what it has read it need not read again, which on a
 * processor is most of the time until the first word. Of equals the one with the least to forget.
 */
export function seatFor<S extends Seat>(seats: readonly S[], history: readonly Said[]): S | undefined {
  const known = ({ read }: Seat): number => {
    const differs = history.findIndex(({ role, text }, i) => read[i]?.role !== role || read[i]?.text !== text);
    return differs < 0 ? history.length : differs;
  };
  return seats
    .filter(({ busy }) => !busy)
    .toSorted((a, b) => known(b) - known(a) || a.read.length - b.read.length)
    .at(0);
}
