import type { Clock } from './clock.ts';
import { type PlayoutTotals, playoutDelayMs } from './playout.ts';

/** How often the server is told how far playing is behind, ms. */
export const PLAYOUT_PERIOD_MS = 2_000;
/** The longest delay the protocol knows, ms. */
const MAX_DELAY_MS = 10_000;

export interface PlayoutReportOptions {
  readonly clock: Clock;
  /** The running totals; undefined where there are none now. */
  readonly read: () => Promise<PlayoutTotals | undefined>;
  readonly tell: (delayMs: number) => void;
}

/** Tells how far playing was behind in each period in which something was played. The function returned stops it. */
export function reportPlayout({ clock, read, tell }: PlayoutReportOptions): () => void {
  let before: PlayoutTotals | undefined;
  let stopped = false;
  const wait = (): (() => void) => clock.after(PLAYOUT_PERIOD_MS, () => void look());
  const look = async (): Promise<void> => {
    const now = await read().catch(() => undefined);
    if (stopped) return;
    const delayMs = before && now ? playoutDelayMs(before, now) : undefined;
    if (delayMs !== undefined) tell(Math.min(delayMs, MAX_DELAY_MS));
    before = now ?? before;
    cancel = wait();
  };
  let cancel = wait();
  return () => {
    stopped = true;
    cancel();
  };
}
