import { setTimeout as pause } from 'node:timers/promises';
import { agentSays, SENTENCES } from './answers.ts';
import type { TurnsCaller } from './caller.ts';
import { wishFor } from './clip-voice.ts';
import type { SpokenPhrase, Word } from './clips.ts';
import type { EchoPathOptions } from './echo-channel.ts';
import type { EchoTrial } from './jobs.ts';
import { isSilent, placeRuns, type ReceivedPacket, wordFaults } from './received.ts';
import { sinceEpoch } from './timeline.ts';
import { isHeard, replyPackets, trialBase, until } from './trials-common.ts';

const REPLY_PATIENCE_MS = 14_000;
/** The agent's own last words may still become a turn within this, in ms. */
const AFTER_MS = 1600;
/** Nothing was heard of the agent for so long: it is over, and so is its echo. In ms. */
const QUIET_MS = 1000;
const FRAME_MS = 20;

/**
 * Tells the recogniser the agent's words when they come out of the loudspeaker: a real one would understand them. It
 * follows the packets: which words they carry is known.
 */
export class EchoedWords {
  readonly #delayMs: number;
  readonly #tell: TurnsCaller['tell'];
  #reply: SpokenPhrase | undefined;
  #heardMs = 0;
  #next = 0;

  constructor(delayMs: number, tell: TurnsCaller['tell']) {
    this.#delayMs = delayMs;
    this.#tell = tell;
  }

  begin(reply: SpokenPhrase): void {
    this.#reply = reply;
    this.#heardMs = 0;
    this.#next = 0;
  }

  receive(packet: ReceivedPacket): void {
    if (!this.#reply || isSilent(packet)) return;
    const word: Word | undefined = this.#reply.words[this.#next];
    if (word && word.from <= this.#heardMs) {
      this.#next++;
      const from = sinceEpoch(packet.at) + this.#delayMs;
      this.#tell([{ text: word.text, from, to: from + word.to - word.from }]);
    }
    this.#heardMs += FRAME_MS;
  }
}

export interface EchoesOptions {
  readonly caller: TurnsCaller;
  readonly server: string;
  readonly path: EchoPathOptions;
  readonly words: EchoedWords;
  readonly replies: number;
}

type Judged = Pick<EchoTrial, 'holds' | 'repeated' | 'lost'>;

/** The agent speaks, hears itself, and nobody else says a word. What is returned judges what was received. */
export async function echoes(options: EchoesOptions): Promise<() => EchoTrial[]> {
  const { caller, server, path, words, replies } = options;
  const trials: (() => EchoTrial)[] = [];
  for (let i = 0; i < replies; i++) {
    const sentence = SENTENCES[i % SENTENCES.length] as string;
    const meant = agentSays(sentence) as SpokenPhrase;
    const began = performance.now();
    const reply = caller.notices.finished.length;
    words.begin(meant);
    await caller.rtc.type(wishFor(i % SENTENCES.length));
    const end = await until(REPLY_PATIENCE_MS, () => caller.notices.finished[reply]);
    await pause(AFTER_MS);
    const answered = caller.notices.finished.length > reply + 1 || caller.notices.state !== 'listening';
    const base = trialBase(caller, server, began);
    // Whatever it has begun: the next reply is asked for when all is quiet.
    await until(REPLY_PATIENCE_MS, () => caller.notices.state === 'listening' && !isHeard(caller, QUIET_MS));
    const interrupted = end?.interrupted ?? false;
    trials.push(() => ({
      ...base,
      kind: 'echo',
      levelDb: path.levelDb,
      delayMs: path.delayMs,
      reply: sentence.slice(0, 24),
      interrupted,
      answered,
      ...judge(replyPackets(caller, reply), meant, !interrupted),
      ...(end ? {} : { failure: 'the reply did not end' }),
    }));
  }
  return () => trials.map((trial) => trial());
}

function judge(packets: readonly ReceivedPacket[], { samples, words }: SpokenPhrase, complete: boolean): Judged {
  const runs = placeRuns(packets, samples);
  const faults = wordFaults(runs, { length: samples.length, words }, complete);
  return { holds: Math.max(0, runs.length - 1), ...faults };
}
