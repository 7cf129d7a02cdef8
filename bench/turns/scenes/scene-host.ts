import { MessageChannel } from 'node:worker_threads';
import type { AsrOptions, AsrProvider, PcmFrame, Transcript } from '@parley/agent';
// biome-ignore lint/style/noRestrictedImports: stands before the host's own ears
import type { Hearing } from '../../../agent/src/hearing/index.ts';
// biome-ignore lint/style/noRestrictedImports: the messages of the host's thread
import type { FromHost, ToHost } from '../../../agent/src/host/messages.ts';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { runHost } from '../../../agent/src/host/run.ts';
// biome-ignore lint/style/noRestrictedImports: the clock of the host's thread
import { systemClock } from '../../../agent/src/kernel/index.ts';
import { sinceEpoch } from '../timeline.ts';
import type { SceneNote, SceneTruth } from './messages.ts';
import { type Scene, SceneAsr, SceneLlm, SceneTts, type Utterances } from './replay.ts';
import { SceneEars } from './scene-ears.ts';

type Happened = SceneNote extends infer Each ? (Each extends SceneNote ? Omit<Each, 'room' | 'at'> : never) : never;

export interface SceneHostOptions {
  readonly scene: Scene;
  readonly room: string;
  readonly hearing: Hearing;
  /** To the server. */
  readonly tell: (message: FromHost) => void;
  readonly note: (note: SceneNote) => void;
}

/** The product's host, with one call in it and the engines of that call's scene. */
export class SceneHost {
  readonly #options: SceneHostOptions;
  readonly #ears: SceneEars;
  readonly #port: MessageChannel['port1'];
  readonly #groups = new Map<AbortSignal, number>();
  readonly #ended: Promise<void>;

  constructor(options: SceneHostOptions) {
    const { scene, hearing, tell } = options;
    this.#options = options;
    this.#ears = new SceneEars(hearing);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // What the host says is taken as it says it: a message would come when its thread has nothing else to do.
    port2.postMessage = (message: FromHost) => {
      if (message.type === 'event') this.#note({ kind: 'event', event: message.event });
      if (message.type !== 'ready' && message.type !== 'bye') tell(message);
    };
    const llm = new SceneLlm(systemClock, scene.llm, ({ at: _, ...request }) =>
      this.#note({ kind: 'request', request }),
    );
    const tts = new SceneTts(systemClock, scene.tts, (piece, signal) =>
      this.#note({ kind: 'piece', piece, group: this.#groupOf(signal) }),
    );
    const asr = new HearingAsr(scene, this.#ears);
    this.#ended = runHost({
      port: port2,
      loadHearing: async () => this.#ears,
      loadEngines: async () => ({ choices: [], asr, llm, tts, close: async () => {} }),
    });
  }

  /** From the server, about this call. */
  handle(message: ToHost): void {
    if (message.type === 'add-ear') this.#ears.expect(message.ear.callerId);
    const { settings } = this.#options.scene;
    const own = message.type === 'open' ? { ...message, settings: { ...message.settings, ...settings } } : message;
    this.#port.postMessage(own);
  }

  learn({ callerId, words }: SceneTruth): void {
    this.#ears.of(callerId).learn(words);
  }

  async close(): Promise<void> {
    this.#port.postMessage({ type: 'shutdown' } satisfies ToHost);
    await this.#ended;
    this.#port.close();
  }

  #groupOf(signal: AbortSignal): number {
    const known = this.#groups.get(signal);
    if (known !== undefined) return known;
    const group = this.#groups.size;
    this.#groups.set(signal, group);
    signal.addEventListener('abort', () => this.#note({ kind: 'dropped', group }), { once: true });
    return group;
  }

  #note(happened: Happened): void {
    const { room, note } = this.#options;
    note({ ...happened, room, at: sinceEpoch(performance.now()) });
  }
}

/** The scene's recogniser, for whichever caller's audio it is given. */
class HearingAsr implements AsrProvider {
  readonly id = 'scene-asr';
  readonly partials: boolean;
  readonly #script: Scene['asr'];
  readonly #ears: SceneEars;
  readonly #utterances: Utterances = { count: 0 };

  constructor({ asr }: Scene, ears: SceneEars) {
    this.#script = asr;
    this.#ears = ears;
    this.partials = this.#knowing(() => []).partials;
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, options: AsrOptions): AsyncIterable<Transcript> {
    const frames = audio[Symbol.asyncIterator]();
    const first = await frames.next();
    const ear = first.done ? undefined : this.#ears.ownerOf(first.value);
    yield* this.#knowing(() => ear?.words ?? []).transcribe(startingWith(first, frames), options);
  }

  #knowing(words: () => SceneEarWords): SceneAsr {
    return new SceneAsr({ clock: systemClock, script: this.#script, utterances: this.#utterances, words });
  }
}

type SceneEarWords = ReturnType<ConstructorParameters<typeof SceneAsr>[0]['words']>;

async function* startingWith(first: IteratorResult<PcmFrame>, rest: AsyncIterator<PcmFrame>): AsyncIterable<PcmFrame> {
  for (let each = first; !each.done; each = await rest.next()) yield each.value;
}
