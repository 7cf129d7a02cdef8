import { setTimeout as pause } from 'node:timers/promises';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusLibrary } from '../../../agent/src/codec/index.ts';
import { sinceEpoch } from '../timeline.ts';
import { EchoedWords } from './echoed-words.ts';
import { Guest } from './guest.ts';
import { HeardVoice, NOTHING } from './heard-voice.ts';
import { notAsLong } from './lasted.ts';
import type { Played, SceneNote, SceneTruth } from './messages.ts';
import {
  answerOf,
  attendance,
  check,
  type Moment,
  momentIn,
  offerOf,
  type Said,
  type Scene,
  type SceneRequest,
  type SceneStep,
  Script,
  type Seen,
  type SpokenPiece,
  type Stage,
  story,
  type TimedWord,
  TONE_LEVEL,
} from './replay.ts';
import { REAL_TIME } from './tolerance.ts';

const LOOK_MS = 10;
/** The agent is silent for a second before its greeting, and the line has its delays: a scene lasts longer by so much, in ms. */
const LONGER_MS = { greeted: 1000, other: 300 };
/** Before a scene and for its joining, in ms: the microphones run meanwhile. */
const JOINING_MS = 20_000;
/** What the host tells of comes so long after the callers' last look, in ms. */
const NOTES_MS = 60;

export interface PlayOptions {
  readonly scene: Scene;
  readonly room: string;
  readonly url: string;
  readonly library: OpusLibrary;
  /** Where in the 20 ms raster the callers' packets leave, in ms. */
  readonly phaseMs: number;
  readonly tell: (truth: SceneTruth) => void;
}

/** A scene in real time: its callers in a room of a real server. All times are ms of the scene. */
export class Play implements Stage {
  readonly #options: PlayOptions;
  readonly #script: Script;
  readonly #voice: HeardVoice;
  readonly #echoed = new EchoedWords();
  readonly #guests = new Map<string, Guest>();
  readonly #events: Seen['events'][number][] = [];
  readonly #requests: SceneRequest[] = [];
  readonly #pieces: SpokenPiece[] = [];
  readonly #joining: Promise<void>[] = [];
  readonly #failures: string[] = [];
  /** Whose ears count: a caller who stays. */
  readonly #witness: string | undefined;
  /** Clock's ms of the scene's beginning; undefined while its callers join. */
  #began: number | undefined;

  constructor(options: PlayOptions) {
    const { scene } = options;
    const { early, leaving } = attendance(scene);
    this.#options = options;
    this.#script = new Script(scene, this);
    this.#voice = new HeardVoice(scene.tts.voice === 'tone' ? TONE_LEVEL : undefined);
    this.#witness = early.find((id) => !leaving.includes(id));
  }

  async run(): Promise<Played> {
    const { scene } = this.#options;
    try {
      for (const id of attendance(scene).early) await this.#enter(id);
      this.#began = performance.now();
      const lastsMs = scene.lasts_ms + (scene.settings.greeting ? LONGER_MS.greeted : LONGER_MS.other);
      while (this.now() < lastsMs) {
        this.#script.takeDue();
        await pause(LOOK_MS);
      }
      await Promise.all(this.#joining);
      const until = this.now();
      const lateness = this.#lateness();
      await pause(NOTES_MS);
      const seen = this.#seen(until);
      return { faults: [...this.#failures, ...check(scene, seen, REAL_TIME)], story: story(seen), lateness };
    } finally {
      await Promise.allSettled([...this.#guests.values()].map((guest) => guest.leave()));
    }
  }

  /** What the host told of this room. */
  take(note: SceneNote): void {
    if (note.room !== this.#options.room) return;
    const at = this.#began === undefined ? 0 : note.at - sinceEpoch(this.#began);
    switch (note.kind) {
      case 'request':
        this.#requests.push({ at, ...note.request });
        break;
      case 'piece':
        this.#pieces.push(note.piece);
        this.#echoed.piece(note.group, note.piece);
        break;
      case 'dropped':
        this.#echoed.dropped(note.group);
        break;
      case 'event':
        this.#events.push({ at, event: note.event });
        if (note.event.type !== 'reply-text') break;
        if (note.event.final) this.#voice.ended({ at, ...note.event });
        else this.#voice.caption(note.event.reply);
        break;
    }
  }

  now(): number {
    return this.#sceneMs(performance.now());
  }

  momentAt(moment: Moment): number | undefined {
    return momentIn({ lines: this.#script.lines, requests: this.#requests, spoken: this.#voice.speeches }, moment);
  }

  sounds(callerId: string, said: Said): number {
    const from = this.#guests.get(callerId)?.sounds(said);
    return from === undefined ? this.now() : this.#sceneMs(from);
  }

  type(callerId: string, text: string): void {
    this.#ask(callerId, (guest) => guest.rtc.type(text));
  }

  press(callerId: string, button: NonNullable<SceneStep['press']>): void {
    this.#ask(callerId, (guest) => guest.rtc.signaling.request(button, {}));
  }

  join(callerId: string): void {
    this.#joining.push(this.#enter(callerId).catch((error) => void this.#failures.push(`join: ${error}`)));
  }

  leave(callerId: string): void {
    const guest = this.#guests.get(callerId);
    this.#guests.delete(callerId);
    void guest?.leave();
  }

  #ask(callerId: string, request: (guest: Guest) => Promise<unknown>): void {
    const guest = this.#guests.get(callerId);
    if (guest) request(guest).catch((error) => void this.#failures.push(`${error}`));
  }

  async #enter(id: string): Promise<void> {
    const { scene, room, url, library, phaseMs, tell } = this.#options;
    const isFirst = this.#guests.size === 0;
    const waiting: Parameters<typeof tell>[0]['words'][number][] = [];
    let guest: Guest | undefined;
    guest = await Guest.join({
      url,
      room,
      library,
      caller: scene.callers[id] ?? {},
      lastsMs: scene.lasts_ms + JOINING_MS,
      phaseMs,
      tell: (words) => {
        if (guest) tell({ room, callerId: guest.rtc.callerId, words });
        else waiting.push(...words);
      },
      onPacket: (packet) => this.#hear(id, packet),
    });
    if (waiting.length > 0) tell({ room, callerId: guest.rtc.callerId, words: waiting });
    this.#guests.set(id, guest);
    if (isFirst && scene.tools.length > 0) await this.#offerTools(guest);
  }

  async #offerTools({ rtc: { signaling } }: Guest): Promise<void> {
    const { tools } = this.#options.scene;
    signaling.on('tool-call', async ({ call, name }) => {
      const tool = tools.find((each) => each.name === name);
      if (!tool) return;
      await pause(tool.takes_ms);
      // Nobody may be there any more.
      await signaling.request('tool-result', answerOf(tool, call)).catch(() => {});
    });
    await signaling.request('offer-tools', { tools: tools.map(offerOf) });
  }

  #hear(id: string, packet: { at: number; mediaAt: number; level: number }): readonly TimedWord[] {
    if (id !== this.#witness || this.#began === undefined) return [];
    this.#voice.receive({ ...packet, at: this.#sceneMs(packet.at) });
    return packet.level < NOTHING ? [] : this.#echoed.hear(packet.mediaAt);
  }

  /** `at`: clock's ms. */
  #sceneMs(at: number): number {
    return at - (this.#began ?? at);
  }

  #lateness(): number {
    const from = this.#began ?? performance.now();
    return Math.max(...[...this.#guests.values()].map(({ rtc }) => rtc.microphone.latenessSince(from)));
  }

  #seen(until: number): Seen {
    const { speeches } = this.#voice;
    return {
      events: this.#events.filter(({ at }) => at <= until),
      lines: this.#script.lines,
      requests: this.#requests,
      spoken: speeches,
      frames: this.#voice.frames(until),
      broken: this.#options.scene.tts.voice === 'tone' ? notAsLong(speeches, this.#pieces) : [],
    };
  }
}
