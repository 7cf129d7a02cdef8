import { setTimeout as pause } from 'node:timers/promises';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import { OpusLibrary } from '../../agent/src/codec/index.ts';
import { recordVoice, type Utterance } from '../caller/voice.ts';
import { WebRtcCaller } from '../caller/web-rtc-caller.ts';
import { within } from '../within.ts';
import { TAPE_RATE, Tape } from './tape.ts';

export interface RecordedReply {
  readonly text: string;
  readonly interrupted: boolean;
  /** Samples on the tape between which it was spoken; the first may be earlier than its voice. */
  readonly from: number;
  readonly to: number;
}

export interface RecordedCall {
  readonly tape: Tape;
  readonly replies: readonly RecordedReply[];
  /** What the recogniser made of what was said. */
  readonly transcripts: readonly string[];
  /** First packet of the interruption sent -> last packet with voice received, in ms. */
  readonly bargeInStopMs: number;
  /** The same by the server's own reckoning; NaN where it told none. */
  readonly serverBargeInStopMs: number;
  readonly lostPackets: number;
  /** The longest that the caller's own process stood still, in ms: packets that came then are not the agent's fault. */
  readonly callerLatenessMs: number;
  readonly problems: readonly string[];
}

/** A question, then something that gets a long answer, then what interrupts that. */
const LINES = ['weatherlike', 'goforward', 'turnonlamp'] as const;
const PATIENCE_MS = 30_000;
/** A caller thinks for so long after an answer, and listens for so long before it interrupts, in ms. */
const THINKS_MS = 700;
const LISTENS_MS = 2500;
/** What the tape keeps after the last word, in ms. */
const AFTER_MS = 600;

/** One whole conversation: greeting, question and answer, an answer that is interrupted, another answer. */
export async function recordCall(url: string): Promise<RecordedCall> {
  const library = await OpusLibrary.load();
  const voice = recordVoice(library, LINES);
  const ownVoice = library.decoder({ rate: TAPE_RATE });
  const tape = new Tape(performance.now());
  const caller = await WebRtcCaller.join({
    url,
    library,
    voice,
    phaseMs: 5,
    onSent: (payload, at) => tape.addSent(ownVoice.decode(payload), at),
    onAudio: (pcm, heard) => tape.addHeard(pcm, heard),
  });
  try {
    const bargeInStopMs = await talk(caller, voice.utterances);
    await pause(AFTER_MS);
    const { finished, transcripts, problems, figures } = caller.notices;
    return {
      tape,
      replies: finished.map(({ text, interrupted, at }, i) => {
        const from = i === 0 ? 0 : tape.sampleOf(finished[i - 1]?.at ?? 0);
        return { text, interrupted, from, to: tape.sampleOf(at) };
      }),
      transcripts: transcripts.map(({ text }) => text),
      bargeInStopMs,
      serverBargeInStopMs:
        [...figures.values()].find((turn) => turn.barge_in_stop !== undefined)?.barge_in_stop ?? Number.NaN,
      lostPackets: lost(caller.earpiece.heard.map(({ sequence }) => sequence)),
      callerLatenessMs: Math.max(...caller.microphone.lateness),
      problems,
    };
  } finally {
    await caller.leave();
    ownVoice.close();
  }
}

async function talk(
  { microphone, earpiece, notices }: WebRtcCaller,
  [question, order, interruption]: readonly Utterance[],
): Promise<number> {
  const replies = (count: number): Promise<true> =>
    within(
      PATIENCE_MS,
      `reply ${count}`,
      notices.until(() => (notices.finished.length >= count && notices.state === 'listening') || undefined),
    );
  await replies(1);
  await pause(THINKS_MS);
  await microphone.say(question as Utterance);
  await replies(2);
  await pause(THINKS_MS);
  const said = await microphone.say(order as Utterance);
  const answer = await within(PATIENCE_MS, 'an answer', earpiece.voiceAfter(said.lastSpeechAt));
  await pause(answer.at + LISTENS_MS - performance.now());
  const { onsetAt, lastSpeechAt } = await microphone.say(interruption as Utterance);
  const next = await within(PATIENCE_MS, 'the last answer', earpiece.voiceAfter(lastSpeechAt));
  await replies(4);
  return (earpiece.voiceBetween(onsetAt, next.at).at(-1)?.at ?? onsetAt) - onsetAt;
}

const lost = (sequences: readonly number[]): number =>
  sequences.slice(1).reduce((sum, sequence, i) => sum + (((sequence - (sequences[i] ?? 0)) & 0xffff) - 1), 0);
