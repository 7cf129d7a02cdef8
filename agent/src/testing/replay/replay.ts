import type { OpusLibrary } from '../../codec/index.ts';
import { type ClientTool, FRAME_MS, type SessionEvent, type SessionSettings } from '../../contracts/index.ts';
import { Scope } from '../../kernel/index.ts';
import { Session } from '../../session/session.ts';
import { ManualClock } from '../manual-clock.ts';
import { sessionSettings } from '../test-settings.ts';
import { spokenLine } from './clips.ts';
import type { JudgedGates } from './judged-gates.ts';
import { lineIds, type Scene, type SceneStep } from './scene.ts';
import { SceneAsr } from './scene-asr.ts';
import { CallerInScene } from './scene-caller.ts';
import { SceneLlm, type SceneRequest } from './scene-llm.ts';
import { type MouthFrame, SceneMouth, type SpokenRecord } from './scene-mouth.ts';
import { SceneTts } from './scene-tts.ts';
import type { Moment } from './schema-parts.ts';
import { noiseSound } from './sounds.ts';
import { type TimedWord, timed } from './words.ts';

export interface ReplayParts {
  readonly library: OpusLibrary;
  readonly gates: JudgedGates;
}

/** When a line sounded, in ms of the scene. */
export interface LineTimes {
  readonly from: number;
  readonly to: number;
}

/** What came of a scene. All times are ms of the scene. */
export interface Replayed {
  readonly events: readonly { readonly at: number; readonly event: SessionEvent }[];
  readonly lines: ReadonlyMap<string, LineTimes>;
  readonly requests: readonly SceneRequest[];
  /** Everything of which audio left, in order; `reply` is absent for what is no reply of its own. */
  readonly spoken: readonly (SpokenRecord & { readonly startedAt: number; readonly reply?: number })[];
  readonly frames: readonly MouthFrame[];
  readonly tts: SceneTts;
  momentAt(moment: Moment): number | undefined;
}

/** As the server has them where its configuration says nothing. */
const SERVER_DEFAULTS: Partial<SessionSettings> = { speculation: true, silenceWatchdogMs: 3000, toolFillerMs: 1500 };

/** Plays a scene against a clock of its own; never rejects for what the agent makes of it. */
export async function replay(scene: Scene, parts: ReplayParts): Promise<Replayed> {
  const run = new Run(scene, parts);
  await run.play();
  return run.result();
}

class Run {
  readonly #scene: Scene;
  readonly #parts: ReplayParts;
  readonly #clock = new ManualClock();
  readonly #scope = new Scope('scene');
  readonly #events: { at: number; event: SessionEvent }[] = [];
  readonly #callers = new Map<string, CallerInScene>();
  readonly #lines = new Map<string, LineTimes>();
  readonly #utterances = { count: 0 };
  readonly #mouth: SceneMouth;
  readonly #llm: SceneLlm;
  readonly #tts: SceneTts;
  readonly #session: Session;
  /** Steps that are to come, with their lines' names. */
  readonly #ids: readonly (string | undefined)[];
  readonly #doneAt: (number | undefined)[] = [];
  /** What comes of hanging up is no part of the scene. */
  #over = false;

  constructor(scene: Scene, parts: ReplayParts) {
    this.#scene = scene;
    this.#parts = parts;
    this.#ids = lineIds(scene.script);
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
    const { script, callers, lasts_ms } = this.#scene;
    const later = new Set(script.filter((step) => step.join).map((step) => this.#callerOf(step)));
    for (const id of Object.keys(callers)) if (!later.has(id)) this.#join(id);
    for (let at = 0; at < lasts_ms; at += FRAME_MS) {
      this.#takeSteps();
      await this.#clock.advance(FRAME_MS);
      for (const caller of this.#callers.values()) caller.hear();
      await this.#parts.gates.judged();
    }
    this.#over = true;
    this.#mouth.close();
    await this.#scope.close('done');
  }

  result(): Replayed {
    const spoken = this.#heardOfAgent().map((record) => ({ ...record, ...replyOf(record.signal) }));
    return {
      events: this.#events,
      lines: this.#lines,
      requests: this.#llm.requests,
      spoken,
      frames: this.#mouth.frames,
      tts: this.#tts,
      momentAt: (moment) => this.#momentAt(moment),
    };
  }

  #takeSteps(): void {
    const { script } = this.#scene;
    script.forEach((step, i) => {
      if (this.#doneAt[i] !== undefined) return;
      const due = this.#dueAt(i);
      if (due === undefined || due > this.#clock.now()) return;
      this.#doneAt[i] = this.#take(step, this.#ids[i]);
    });
  }

  #dueAt(index: number): number | undefined {
    const { at, after, wait_ms } = this.#scene.script[index] as SceneStep;
    const before = index === 0 ? 0 : this.#doneAt[index - 1];
    const from = at ?? (after ? this.#momentAt(after) : before);
    return from === undefined ? undefined : from + wait_ms;
  }

  /** Returns when the step is over. */
  #take(step: SceneStep, id = ''): number {
    const now = this.#clock.now();
    const callerId = this.#callerOf(step);
    const { say, sound, type, press } = step;
    if (say !== undefined) {
      const { samples, words } = spokenLine(say, step.level_db);
      return this.#sounds(callerId, id, samples, words);
    }
    if (sound !== undefined) {
      const samples = noiseSound(sound, step.for_ms, step.level_db);
      return this.#sounds(callerId, id, samples, timed(step.heard_as ?? '', 0, samples.length / 16));
    }
    if (type !== undefined) this.#session.text(callerId, type);
    if (press === 'interrupt') this.#session.interrupt();
    if (press === 'ask') this.#session.ask(callerId);
    if (step.join) this.#join(callerId);
    if (step.leave) this.#leave(callerId);
    return now;
  }

  #sounds(callerId: string, id: string, samples: Int16Array, words: readonly TimedWord[]): number {
    const from = this.#clock.now();
    const to = from + samples.length / 16;
    this.#callers.get(callerId)?.sounds(samples, words, from);
    this.#lines.set(id, { from, to });
    return to;
  }

  #callerOf(step: SceneStep): string {
    return step.caller ?? (Object.keys(this.#scene.callers)[0] as string);
  }

  #join(id: string): void {
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
    if (isFirst && tools.length > 0) this.#session.offerTools(id, tools.map(asClientTool));
    this.#session.callerPlaying();
  }

  #leave(id: string): void {
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
    if (event.type !== 'client-tool-call') return;
    const tool = this.#scene.tools.find(({ name }) => name === event.name);
    if (!tool) return;
    const { call, callerId } = event;
    const answer = tool.error === undefined ? { call, result: tool.result } : { call, error: tool.error };
    this.#clock.after(tool.takes_ms, () => this.#session.toolResult(callerId, answer));
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

  #momentAt(moment: Moment): number | undefined {
    switch (moment.kind) {
      case 'start':
        return 0;
      case 'request':
        return this.#llm.requests[moment.number - 1]?.at;
      case 'line':
        return this.#lines.get(moment.id)?.[moment.edge === 'starts' ? 'from' : 'to'];
      case 'reply': {
        const record = this.#heardOfAgent()[moment.number - 1];
        if (moment.edge === 'starts' || !record) return record?.startedAt;
        return record.endedAt === undefined ? undefined : record.lastAt;
      }
    }
  }
}

/** A reply's scope is named for it, and its signal's reason tells that name. */
function replyOf(signal: AbortSignal): { reply?: number } {
  const number = /reply-(\d+) closed/.exec(String(signal.reason))?.[1];
  return number === undefined ? {} : { reply: Number(number) };
}

const asClientTool = ({ name, filler, cancel_on_interrupt }: Scene['tools'][number]): ClientTool => ({
  name,
  description: `The scene's ${name}.`,
  parameters: { type: 'object', properties: {} },
  timeoutMs: 30_000,
  cancelOnInterrupt: cancel_on_interrupt,
  ...(filler === undefined ? {} : { filler }),
});
