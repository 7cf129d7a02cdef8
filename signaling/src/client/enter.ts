import type { RequestOf, ResponseOf } from '../protocol/index.ts';
import { type Channel, type ChannelOptions, REQUEST_TIMEOUT_MS } from './channel.ts';
import type { Clock } from './clock.ts';
import { SignalingError } from './errors.ts';
import { askToken, type TokenSource } from './token.ts';

/** The room as it stands. */
export type Snapshot = NonNullable<ResponseOf<'resume'>['snapshot']>;
/** What is known of the caller's place. */
export type Entered = Omit<ResponseOf<'resume'>, 'snapshot'>;

/** Which room, as whom, and by what right. */
export interface EnterOptions {
  readonly channel: ChannelOptions;
  readonly clock: Clock;
  readonly join: RequestOf<'join'>;
  /** Asked before each join. */
  readonly token?: TokenSource | undefined;
  /** The way back into a call that a reload has cut off; where it leads nowhere, the room is joined anew. */
  readonly resume?: string | undefined;
}

/** Takes a place in the room: the old one where there is a way back to it, else a new one. Throws a SignalingError. */
export async function enter(
  channel: Channel,
  options: EnterOptions,
  signal: AbortSignal,
): Promise<ResponseOf<'resume'>> {
  return (await resumed(channel, options.resume)) ?? (await joined(channel, options, signal));
}

async function resumed(channel: Channel, secret: string | undefined): Promise<ResponseOf<'resume'> | undefined> {
  if (secret === undefined) return undefined;
  try {
    return await channel.request('resume', { secret });
  } catch (error) {
    if (SignalingError.from(error).code === 'not-resumable') return undefined;
    throw error;
  }
}

async function joined(
  channel: Channel,
  { channel: { timeoutMs = REQUEST_TIMEOUT_MS }, clock, join, token: source }: EnterOptions,
  signal: AbortSignal,
): Promise<ResponseOf<'resume'>> {
  const token = await askToken(source, { room: join.room, timeoutMs, clock, signal });
  const { producers, peers, agentState, captions, ...entered } = await channel.request('join', { ...join, token });
  return { ...entered, muted: false, snapshot: { producers, peers, agentState, captions } };
}
