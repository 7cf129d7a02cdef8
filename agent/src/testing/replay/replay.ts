import type { OpusLibrary } from '../../codec/index.ts';
import { FRAME_MS, type SessionEvent, type SessionSettings } from '../../contracts/index.ts';
import { Scope } from '../../kernel/index.ts';
import { Session } from '../../session/session.ts';
import { ManualClock } from '../manual-clock.ts';
import { sessionSettings } from '../test-settings.ts';
import type { Said } from './clips.ts';
import { brokenIn } from './intact.ts';
import type { JudgedGates } from './judged-gates.ts';
import { answerOf, offerOf } from './page-tools.ts';
import type { Scene, SceneStep } from './scene.ts';
import { SceneAsr } from './scene-asr.ts';
import { CallerInScene } from './scene-caller.ts';
import { SceneLlm } from './scene-llm.ts';
import { SceneMouth, type SpokenRecord } from './scene-mouth.ts';
import { SceneTts } from './scene-tts.ts';
import type { Moment } from './schema-parts.ts';
import { attendance, Script, type Stage } from './script.ts';
import { momentIn, type Seen } from './seen.ts';
import type { TimedWord } from './words.ts';

export interface ReplayParts {
  readonly library: OpusLibrary;
  readonly gates: JudgedGates;
}

/** As the server has them where its configuration says nothing. */
const SERVER_DEFAULTS: Partial<SessionSettings> = { speculation: true, silenceWatchdogMs: 3000, toolFillerMs: 1500 };

/** Plays a scene against a clock of its own; never rejects for what the agent makes of it. */
export async function replay(scene: Scene, parts: ReplayParts): Promise<Seen> {
  const run = new Run(scene, parts);
  await run.play();
  return run.result();
}

class Run implements Stage {
  readonly #scene: Scene;
  readonly #parts: ReplayParts;
  readonly #clock = new ManualClock();
  readonly #scope = new Scope('scene');
  readonly #events: { at: number; event: SessionEvent }[] = [];
  readonly #callers = new Map<string, CallerInScene>();
  readonly #script: Script;
  readonly #utterances = { count: 0 };
  readonly #mouth: SceneMouth;
  readonly #llm: SceneLlm;
  readonly #tts: SceneTts;
  readonly #session: Session;
  /** What comes of hanging up is no part of the scene. */
  #over = false;
  /** The agent has ended the call: a server closes the room. */
  #ended = false;

  constructor(scene: Scene, parts: ReplayParts) {
    this.#scene = scene;
    this.#parts = parts;
    this.#script = new Script(scene, this);
    this.#tts = new SceneTts(this.#clock, scene.tts);
    this.#llm = new SceneLlm(this.#clock, scene.llm);
    this.#mouth = new SceneMouth({
      clock: this.#clock,
      onVoice: (frame, rate, at, spoken, from) => this.#onVoice(frame, rate, at, spoken, from),
    });
    this.#session = new Session({
      scope: this.#scope.child('session'),
      clock: this.#clock,
      mouth: this.#mouth,
      llm: this.#llm,
      tts: this.#tts,
      settings: sessionSettings({ ...SERVER_DEFAULTS, ...scene.settings }),
      emit: (event) => this.#onEvent(event),
    });
  }

  async play(): Promise<void> {
    for (const id of attendance(this.#scene).early) this.join(id);
    for (let at = 0; at < this.#scene.lasts_ms && !this.#ended; at += FRAME_MS) {
      this.#script.takeDue();
      await this.#clock.advance(FRAME_MS);
      for (const caller of this.#callers.values()) caller.hear();
      await this.#parts.gates.judged();
    }
    this.#over = true;
    this.#mouth.close();
    await this.#scope.close('done');
  }

  result(): Seen {
    const spoken = this.#heardOfAgent();
    for (const record of spoken) Object.assign(record, replyOf(record.signal));
    return {
      events: this.#events,
      lines: this.#script.lines,
      requests: this.#llm.requests,
      spoken,
      frames: this.#mouth.frames,
      broken: spoken.flatMap((record, i) => brokenIn(record, i + 1, this.#tts)),
    };
  }

  now(): number {
    return this.#clock.now();
  }

  momentAt(moment: Moment): number | undefined {
    const { requests } = this.#llm;
    return momentIn({ lines: this.#script.lines, requests, spoken: this.#heardOfAgent() }, moment);
  }

  sounds(callerId: string, { samples, words }: Said): number {
    const from = this.#clock.now();
    this.#callers.get(callerId)?.sounds(samples, words, from);
    return from;
  }

  type(callerId: string, text: string): void {
    this.#session.text(callerId, text);
  }

  press(callerId: string, button: NonNullable<SceneStep['press']>): void {
    if (button === 'interrupt') this.#session.interrupt();
    else this.#session.ask(callerId);
  }

  join(id: string): void {
    const { callers, settings, asr, lasts_ms, tools } = this.#scene;
    const caller = callers[id] ?? {};
    const isFirst = this.#callers.size === 0;
    this.#callers.set(
      id,
      new CallerInScene({
        id,
        settings: caller,
        ...(settings.language ? { language: settings.language } : {}),
        lastsMs: lasts_ms,
        clock: this.#clock,
        scope: this.#scope.child(`caller-${id}`),
        ...this.#parts,
        handlers: this.#session.ears,
        asr: (words) => new SceneAsr({ clock: this.#clock, script: asr, utterances: this.#utterances, words }),
      }),
    );
    this.#session.callerJoined(id, caller.name);
    if (isFirst && tools.length > 0) this.#session.offerTools(id, tools.map(offerOf));
    this.#session.callerPlaying();
  }

  leave(id: string): void {
    const caller = this.#callers.get(id);
    if (!caller) return;
    this.#callers.delete(id);
    void caller.scope.close('peer-left');
    this.#session.earClosed(caller.listener);
    this.#session.callerLeft(id);
  }

  #onEvent(event: SessionEvent): void {
    if (this.#over) return;
    this.#events.push({ at: this.#clock.now(), event });
    if (event.type === 'ended') this.#ended = true;
    if (event.type !== 'client-tool-call') return;
    const tool = this.#scene.tools.find(({ name }) => name === event.name);
    if (!tool) return;
    const { call, callerId } = event;
    this.#clock.after(tool.takes_ms, () => this.#session.toolResult(callerId, answerOf(tool, call)));
  }

  #onVoice(frame: Int16Array, rate: number, at: number, spoken: SpokenRecord, from: number): void {
    const words = this.#wordsIn(spoken, from, frame.length, rate);
    for (const caller of this.#callers.values()) caller.agentSends(frame, rate, at, words);
  }

  /** The words that begin within these samples of a speech, in ms from the first of them. */
  #wordsIn(spoken: SpokenRecord, from: number, length: number, rate: number): TimedWord[] {
    const found: TimedWord[] = [];
    let begins = 0;
    for (const chunk of spoken.written) {
      const offsetMs = ((begins - from) * 1000) / rate;
      for (const word of this.#tts.originOf(chunk)?.words ?? []) {
        const at = offsetMs + word.from;
        if (at >= 0 && at < (length * 1000) / rate) found.push({ text: word.text, from: at, to: offsetMs + word.to });
      }
      begins += chunk.length;
    }
    return found;
  }

  #heardOfAgent(): (SpokenRecord & { startedAt: number })[] {
    return this.#mouth.spoken
      .filter((record): record is SpokenRecord & { startedAt: number } => record.startedAt !== undefined)
      .sort((a, b) => a.startedAt - b.startedAt);
  }
}

/** A reply's scope is named for it, and its signal's reason tells that name. */
function replyOf(signal: AbortSignal): { reply?: number } {
  const number = /reply-(\d+) closed/.exec(String(signal.reason))?.[1];
  return number === undefined ? {} : { reply: Number(number) };
}
