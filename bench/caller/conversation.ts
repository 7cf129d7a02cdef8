import { setTimeout as pause } from 'node:timers/promises';
import type { TurnFigures } from '@parley/signaling/protocol';
import { within } from '../within.ts';
import type { Heard } from './earpiece.ts';
import type { Utterance } from './voice.ts';
import type { WebRtcCaller } from './web-rtc-caller.ts';

/** One thing said and what came of it. Times are the caller's own, at its own sockets, in ms. */
export interface TurnRecord {
  readonly clip: string;
  /** It was said over the agent's voice. */
  readonly interrupts: boolean;
  /** Last packet with speech sent -> first packet with voice received. */
  readonly voiceToVoice?: number;
  /** First packet with speech sent -> last packet with voice of the interrupted reply received. */
  readonly bargeInStop?: number;
  /** What the server measured of this turn; its `barge_in_stop` is that of the reply which this turn interrupted. */
  readonly server: TurnFigures;
  /** The longest that this process stood still meanwhile: the times above are no better than that. */
  readonly ownLateness: number;
  readonly failure?: string;
}

export interface ConversationOptions {
  readonly caller: WebRtcCaller;
  readonly turns: number;
  /** Every second turn interrupts the answer to the one before. */
  readonly interrupting: boolean;
  /** Each is said equally often, in an order of chance. */
  readonly utterances: readonly Utterance[];
  readonly random: () => number;
}

export const ANSWER_PATIENCE_MS = 10_000;
/** How long the caller listens before it interrupts, in ms. */
export const LISTENS_MS = { min: 500, max: 900 };
/** How long the caller thinks after an answer, in ms. */
export const THINKS_MS = { min: 300, max: 800 };
/** Two replies are at least this far apart at the caller's ear, in ms: less means that the old one went on. */
export const APART_MS = 150;

/** Speaks and listens, turn by turn, and says of each when what was heard. A turn that fails ends the conversation. */
export async function converse(options: ConversationOptions): Promise<TurnRecord[]> {
  const { caller, turns, interrupting, utterances, random } = options;
  const { notices } = caller;
  await within(
    ANSWER_PATIENCE_MS,
    'the greeting',
    notices.until(() => notices.finished[0]),
  );
  const records: TurnRecord[] = [];
  const deck: Utterance[] = [];
  let reply: Heard | undefined;
  for (let turn = 0; turn < turns; turn++) {
    if (deck.length === 0) deck.push(...shuffled(utterances, random));
    const utterance = deck.pop() as Utterance;
    const interrupts = interrupting && turn % 2 === 1;
    try {
      if (interrupts && reply) await pause(reply.at + between(LISTENS_MS, random) - performance.now());
      else await quiet(caller, between(THINKS_MS, random));
      const taken = await takeTurn(caller, utterance, interrupts);
      records.push(taken.record);
      reply = taken.reply;
    } catch (error) {
      const failure = `${error instanceof Error ? error.message : error} ${notices.problems.join('; ')}`.trim();
      records.push({ clip: utterance.name, interrupts, server: {}, ownLateness: 0, failure });
      break;
    }
  }
  return records;
}

export const between = ({ min, max }: { min: number; max: number }, random: () => number): number =>
  min + random() * (max - min);

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const places = items.map((item) => ({ item, place: random() }));
  return places.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** The answer is over; the caller thinks. */
async function quiet({ notices }: WebRtcCaller, ms: number): Promise<void> {
  await within(
    ANSWER_PATIENCE_MS,
    'the end of the answer',
    notices.until(() => notices.state === 'listening' || undefined),
  );
  await pause(ms);
}

async function takeTurn(
  { microphone, earpiece, notices }: WebRtcCaller,
  utterance: Utterance,
  interrupts: boolean,
): Promise<{ record: TurnRecord; reply: Heard }> {
  const known = Math.max(0, ...notices.figures.keys());
  const said = await microphone.say(utterance);
  const reply = await within(ANSWER_PATIENCE_MS, 'an answer', earpiece.voiceAfter(said.lastSpeechAt));
  const turn = await within(
    ANSWER_PATIENCE_MS,
    'the figures',
    notices.until(() => [...notices.figures.keys()].find((number) => number > known)),
  );
  const last = earpiece.voiceBetween(said.onsetAt, reply.at).at(-1);
  if (!interrupts && last) throw new Error(`${utterance.name} was answered before it was over`);
  if (last && reply.at - last.at < APART_MS) throw new Error(`${utterance.name} did not stop the agent`);
  const record: TurnRecord = {
    clip: utterance.name,
    interrupts,
    voiceToVoice: reply.at - said.lastSpeechAt,
    server: { ...notices.figures.get(turn), barge_in_stop: notices.figures.get(known)?.barge_in_stop },
    ...(interrupts && last ? { bargeInStop: last.at - said.onsetAt } : {}),
    ownLateness: microphone.latenessSince(said.onsetAt),
  };
  return { record, reply };
}
