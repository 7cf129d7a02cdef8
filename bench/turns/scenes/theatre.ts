import { Child } from '../../child.ts';
import { within } from '../../within.ts';
import { type FromScenes, type Played, roomFor, type SceneNote, type ToScenes } from './messages.ts';

const START_PATIENCE_MS = 60_000;
/** Beyond a scene's own length, in ms. */
const SCENE_PATIENCE_MS = 30_000;
/** Callers' packets are spread over the raster of 20 ms: they must not all beat as one. */
const RASTER_MS = 20;

/** One server, and callers' processes for so many scenes at once. */
export class Theatre {
  readonly stalls: readonly Stall[];
  readonly #server: Child;

  private constructor(server: Child, stalls: readonly Stall[]) {
    this.#server = server;
    this.stalls = stalls;
    server.hear((message) => {
      const { note } = message as { note: SceneNote };
      stalls.find(({ room }) => room === note.room)?.tell({ note });
    });
    void server.ended.then(() => {
      for (const stall of stalls) stall.fail(new Error('the server ended'));
    });
  }

  static async open(scenesAtOnce: number): Promise<Theatre> {
    const server = new Child(new URL('../server.ts', import.meta.url), ['{}', '{}', './scenes/thread.ts']);
    const module = new URL('./callers.ts', import.meta.url);
    const phases = Array.from({ length: scenesAtOnce }, (_, i) => ((i + 0.5) * RASTER_MS) / scenesAtOnce);
    const callers = phases.map((phase) => new Child(module, [String(phase)]));
    try {
      const ready = callers.map((child) => child.answer(START_PATIENCE_MS, "the callers' process"));
      const [{ url }] = await Promise.all([
        server.answer<{ url: string }>(START_PATIENCE_MS, "the server's address"),
        ...ready,
      ]);
      return new Theatre(
        server,
        callers.map((child) => new Stall({ child, url, tellServer: (message) => server.tell(message) })),
      );
    } catch (error) {
      await Promise.allSettled([server, ...callers].map((child) => child.close()));
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.stalls.map((stall) => stall.close()));
    await this.#server.close();
  }
}

interface StallOptions {
  readonly child: Child;
  readonly url: string;
  readonly tellServer: (message: object) => void;
}

/** A process for the callers of one scene at a time. */
export class Stall {
  readonly #options: StallOptions;
  #playing: { readonly room: string; readonly over: PromiseWithResolvers<Played> } | undefined;

  constructor(options: StallOptions) {
    const { child } = options;
    this.#options = options;
    child.hear((message) => this.#hear(message as FromScenes));
    void child.ended.then(() => this.fail(new Error("the callers' process ended")));
  }

  /** Of the scene that is played. */
  get room(): string | undefined {
    return this.#playing?.room;
  }

  /** Never rejects: what keeps a scene from being played is its fault. */
  async play(scene: string, attempt: number, lastsMs: number): Promise<Played> {
    const room = roomFor(scene, attempt);
    const over = Promise.withResolvers<Played>();
    this.#playing = { room, over };
    this.tell({ play: { scene, room, url: this.#options.url } });
    try {
      return await within(lastsMs + SCENE_PATIENCE_MS, 'its end', over.promise);
    } catch (error) {
      return notPlayed(error instanceof Error ? error.message : String(error));
    }
  }

  tell(message: ToScenes): void {
    this.#options.child.tell(message);
  }

  fail(error: Error): void {
    this.#playing?.over.reject(error);
  }

  close(): Promise<void> {
    return this.#options.child.close();
  }

  #hear(message: FromScenes): void {
    if ('truth' in message) this.#options.tellServer(message.truth);
    else if ('played' in message) this.#playing?.over.resolve(message.played);
    else this.#playing?.over.resolve(notPlayed(message.error));
  }
}

const notPlayed = (error: string): Played => ({ faults: [`it could not be played: ${error}`], story: '', lateness: 0 });
