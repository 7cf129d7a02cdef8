// The load callers' process: apart from the server's, so that their cost can be told apart. Does one order after another.
import { seededRandom } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import { OpusLibrary } from '../../agent/src/codec/index.ts';
import { Beat, DISTURBED_MS } from './beat.ts';
import { EncryptedCaller } from './encrypted-caller.ts';
import { addFlows, type FlowFigures } from './flow.ts';
import type { LoadCaller } from './load-caller.ts';
import { PlainCaller } from './plain-caller.ts';
import { type Mode, type Turn, talk } from './talk.ts';
import { type LoadVoice, recordLoad } from './voices.ts';

export type CallersOrder =
  /** So many calls, the first ones over WebRTC as far as there are to be any; and what they do from now on. */
  | { readonly do: 'call'; readonly calls: number; readonly encrypted: number; readonly mode: Mode }
  /** What they hear in the time from now. */
  | { readonly do: 'measure'; readonly ms: number };

export interface Heard {
  /** Of turns that ended in the time and were not disturbed, in ms. */
  readonly answers: readonly number[];
  readonly stops: readonly number[];
  readonly turns: number;
  readonly unanswered: number;
  /** Answered before they were over. */
  readonly cut: number;
  /** Left out, as this process stood still meanwhile. */
  readonly disturbed: number;
  readonly flow: FlowFigures;
  /** How many of the callers spoke, on average. */
  readonly speakingShare: number;
  readonly stops15ms: number;
  readonly problems: readonly string[];
}

const FRAME_MS = 20;

class Crowd {
  readonly #url: string;
  readonly #library: OpusLibrary;
  readonly #voice: LoadVoice;
  readonly #beat = new Beat();
  readonly #callers: LoadCaller[] = [];
  readonly #turns: Turn[] = [];
  #stop = new AbortController();
  #talks: Promise<unknown>[] = [];
  #speaking = 0;

  constructor(url: string, library: OpusLibrary) {
    this.#url = url;
    this.#library = library;
    this.#voice = recordLoad(library);
  }

  async call(calls: number, encrypted: number, mode: Mode): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#talks);
    while (this.#callers.length > calls) await this.#callers.pop()?.leave();
    const { length } = this.#callers;
    for (let seat = length; seat < calls; seat++) this.#callers.push(await this.#join(seat < encrypted));
    this.#stop = new AbortController();
    this.#talks = this.#callers.map((caller, seat) => this.#talk(caller, seat, mode));
  }

  async measure(ms: number): Promise<Heard> {
    const from = performance.now();
    const [before, problems] = [this.#flows(), this.#problems().length];
    let [samples, speaking] = [0, 0];
    const sampler = setInterval(() => {
      samples++;
      speaking += this.#speaking;
    }, FRAME_MS * 5);
    await new Promise((resolve) => setTimeout(resolve, ms));
    clearInterval(sampler);
    const turns = this.#turns.splice(0).filter(({ at }) => at >= from);
    const calm = (begun: number, ended: number): boolean =>
      this.#beat.worstStop(begun - DISTURBED_MS, ended + DISTURBED_MS) === 0;
    const answered = turns.flatMap(({ at, answerMs }) => (answerMs === undefined ? [] : [{ at, answerMs }]));
    const answers = answered.filter(({ at, answerMs }) => calm(at, at + answerMs)).map(({ answerMs }) => answerMs);
    return {
      answers,
      stops: turns.flatMap(({ onsetAt, stopMs }) =>
        stopMs !== undefined && calm(onsetAt, onsetAt + stopMs) ? [stopMs] : [],
      ),
      turns: turns.length,
      unanswered: turns.filter(({ answerMs, cut }) => answerMs === undefined && !cut).length,
      cut: turns.filter(({ cut }) => cut).length,
      disturbed: answered.length - answers.length,
      flow: since(before, this.#flows()),
      speakingShare: speaking / Math.max(1, samples * this.#callers.length),
      stops15ms: this.#beat.stopsSince(from),
      problems: this.#problems().slice(problems),
    };
  }

  #join(encrypted: boolean): Promise<LoadCaller> {
    const parts = { url: this.#url, beat: this.#beat, library: this.#library, voice: this.#voice };
    return encrypted ? EncryptedCaller.join(parts) : PlainCaller.join(parts);
  }

  async #talk(caller: LoadCaller, seat: number, mode: Mode): Promise<void> {
    const { signal } = this.#stop;
    try {
      await talk(mode, {
        caller,
        ...this.#voice,
        random: seededRandom(seat + 1),
        onTurn: (turn) => this.#turns.push(turn),
        onSpeaking: (speaking) => {
          this.#speaking += speaking ? 1 : -1;
        },
        signal,
      });
    } catch (error) {
      if (!signal.aborted) console.error(`caller ${seat}: ${error}`);
    }
  }

  #flows(): FlowFigures {
    return addFlows(this.#callers.map(({ flow }) => flow.figures));
  }

  #problems(): string[] {
    return this.#callers.flatMap(({ problems }) => problems);
  }
}

const since = (before: FlowFigures, after: FlowFigures): FlowFigures => ({
  packets: after.packets - before.packets,
  underruns: after.underruns - before.underruns,
  disturbed: after.disturbed - before.disturbed,
  lost: after.lost - before.lost,
});

const crowd = new Crowd(process.argv[2] ?? '', await OpusLibrary.load());
process.on('message', async (order: CallersOrder) => {
  try {
    if (order.do === 'call')
      process.send?.({ ok: true, heard: await crowd.call(order.calls, order.encrypted, order.mode) });
    else process.send?.({ ok: true, heard: await crowd.measure(order.ms) });
  } catch (error) {
    process.send?.({ ok: false, error: error instanceof Error ? error.stack : String(error) });
  }
});
process.once('disconnect', () => process.exit(0));
