import { setTimeout as pause } from 'node:timers/promises';
import type { TurnsCaller } from './caller.ts';
import type { TrialBase } from './jobs.ts';
import { isSilent, type ReceivedPacket } from './received.ts';
import { sinceEpoch } from './timeline.ts';

const LOOK_MS = 10;
/** Captions as they grow tell nothing that the last of them does not. */
const CAPTION = /^reply-text .*"final":false/;
/** Voice came within so many ms: the agent is being heard. */
const HEARD_MS = 60;
/** What is told of a reply's end comes so long after its last packet at the most, in ms. */
export const NOTICE_MS = 60;

/** Looks every 10 ms until there is something, or undefined after `ms`. */
export async function until<T>(ms: number, look: () => T | undefined | false): Promise<T | undefined> {
  const end = performance.now() + ms;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) return undefined;
    await pause(LOOK_MS);
  }
}

/** The first packet with voice after the clock's ms `after`. */
export function voiceAfter({ received }: TurnsCaller, after: number): ReceivedPacket | undefined {
  let found: ReceivedPacket | undefined;
  for (let i = received.length - 1; i >= 0 && (received[i] as ReceivedPacket).at > after; i--) {
    if (!isSilent(received[i] as ReceivedPacket)) found = received[i];
  }
  return found;
}

/** Voice came within the last `ms`. */
export function isHeard({ received }: TurnsCaller, ms = HEARD_MS): boolean {
  const last = received.findLast((packet) => !isSilent(packet));
  return last !== undefined && performance.now() - last.at < ms;
}

/** Packets of the reply of this number, counted from 0. */
export function replyPackets({ received, notices }: TurnsCaller, reply: number): ReceivedPacket[] {
  const from = (notices.finished[reply - 1]?.at ?? Number.NEGATIVE_INFINITY) + NOTICE_MS;
  const to = (notices.finished[reply]?.at ?? Number.POSITIVE_INFINITY) + NOTICE_MS;
  return received.filter(({ at }) => at > from && at <= to);
}

/** What every trial has. `from`: clock's ms. */
export function trialBase(caller: TurnsCaller, server: string, from: number): TrialBase {
  const told = caller.notices.log.filter(({ at, text }) => at >= from && !CAPTION.test(text));
  return {
    server,
    call: caller.call,
    from: sinceEpoch(from),
    to: sinceEpoch(performance.now()),
    ownLateness: caller.latenessSince(from),
    told: told.map(({ at, text }) => `${Math.round(at - from)} ms: ${text}`),
  };
}

export const between = (min: number, max: number, random: () => number): number => min + random() * (max - min);
