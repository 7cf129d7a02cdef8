import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../within.ts';
import {
  ANSWER_PATIENCE_MS,
  APART_MS,
  between,
  LISTENS_MS,
  shuffled,
  THINKS_MS,
  type TurnRecord,
} from './conversation.ts';
import type { Heard } from './earpiece.ts';
import type { LineCaller } from './line-caller.ts';
import type { Utterance } from './voice.ts';

export interface LineConversationOptions {
  readonly caller: LineCaller;
  readonly turns: number;
  /** The agent speaks first. */
  readonly greeted: boolean;
  readonly utterances: readonly Utterance[];
  readonly random: () => number;
}

/** Nothing comes for so long: the agent has said it all, in ms. */
const OVER_MS = 400;

/** As `converse`, every second turn interrupting, by one who is told nothing: what is heard must do. */
export async function converseByLine(options: LineConversationOptions): Promise<TurnRecord[]> {
  const { caller, turns, greeted, utterances, random } = options;
  if (greeted) await within(ANSWER_PATIENCE_MS, 'the greeting', caller.earpiece.voiceAfter(0));
  const records: TurnRecord[] = [];
  const deck: Utterance[] = [];
  let reply: Heard | undefined;
  for (let turn = 0; turn < turns; turn++) {
    if (deck.length === 0) deck.push(...shuffled(utterances, random));
    const utterance = deck.pop() as Utterance;
    const interrupts = turn % 2 === 1;
    try {
      if (interrupts && reply) await pause(reply.at + between(LISTENS_MS, random) - performance.now());
      else await quiet(caller, between(THINKS_MS, random));
      const taken = await takeTurn(caller, utterance, interrupts);
      records.push(taken.record);
      reply = taken.reply;
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      records.push({ clip: utterance.name, interrupts, server: {}, ownLateness: 0, failure });
      break;
    }
  }
  return records;
}

async function quiet({ earpiece }: LineCaller, ms: number): Promise<void> {
  for (;;) {
    const left = (earpiece.heard.at(-1)?.at ?? 0) + OVER_MS - performance.now();
    if (left <= 0) break;
    await pause(left);
  }
  await pause(ms);
}

async function takeTurn(
  { microphone, earpiece }: LineCaller,
  utterance: Utterance,
  interrupts: boolean,
): Promise<{ record: TurnRecord; reply: Heard }> {
  const said = await microphone.say(utterance);
  const reply = await within(ANSWER_PATIENCE_MS, 'an answer', earpiece.voiceAfter(said.lastSpeechAt));
  const last = earpiece.voiceBetween(said.onsetAt, reply.at).at(-1);
  if (!interrupts && last) throw new Error(`${utterance.name} was answered before it was over`);
  if (last && reply.at - last.at < APART_MS) throw new Error(`${utterance.name} did not stop the agent`);
  const record: TurnRecord = {
    clip: utterance.name,
    interrupts,
    voiceToVoice: reply.at - said.lastSpeechAt,
    server: {},
    ...(interrupts && last ? { bargeInStop: last.at - said.onsetAt } : {}),
    ownLateness: microphone.latenessSince(said.onsetAt),
  };
  return { record, reply };
}
