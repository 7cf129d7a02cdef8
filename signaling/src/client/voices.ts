import { AGENT_ID } from '../protocol/constants.ts';
import type { ProducerInfo } from '../protocol/index.ts';
import type { Audible } from './audible.ts';
import type { Clock } from './clock.ts';
import type { Media } from './media.ts';
import { reportPlayout } from './playout-report.ts';
import type { Speaker } from './speaker.ts';

export interface VoicesOptions {
  readonly clock: Clock;
  readonly speaker: Speaker;
  /** Is told what the agent's voice does. */
  readonly audible: Audible;
  readonly onAgentTrack: (track: MediaStreamTrack) => void;
  readonly onPlayout: (delayMs: number) => void;
  /** A voice cannot be received; the call goes on. */
  readonly onProblem: (message: string) => void;
}

/** Who else speaks in the room: the agent and the other callers, each received and played while there is media. */
export class Voices {
  readonly #options: VoicesOptions;
  /** Whose voice each producer is. */
  readonly #peers = new Map<string, string>();
  #media: Media | undefined;
  #stopReport: (() => void) | undefined;

  constructor(options: VoicesOptions) {
    this.#options = options;
  }

  add({ producerId, peerId }: ProducerInfo): void {
    if (this.#peers.has(producerId)) return;
    this.#peers.set(producerId, peerId);
    if (this.#media) void this.#receive(this.#media, producerId);
  }

  remove(producerId: string): void {
    const peerId = this.#peers.get(producerId);
    this.#peers.delete(producerId);
    this.#media?.remove(producerId);
    // Where a peer's new producer came first, its voice plays already.
    if (peerId === undefined || [...this.#peers.values()].includes(peerId)) return;
    this.#options.speaker.remove(peerId);
    if (peerId !== AGENT_ID) return;
    this.#stopReport?.();
    this.#options.audible.miss('resumed', 'playing');
  }

  /** These are all there are. */
  replace(producers: readonly ProducerInfo[]): void {
    const there = new Set(producers.map(({ producerId }) => producerId));
    for (const producerId of [...this.#peers.keys()]) if (!there.has(producerId)) this.remove(producerId);
    for (const producer of producers) this.add(producer);
  }

  /** Receives everyone by `media`, and whoever comes. Resolves when all have been tried. */
  async attach(media: Media): Promise<void> {
    this.#media = media;
    await Promise.all([...this.#peers.keys()].map((producerId) => this.#receive(media, producerId)));
  }

  /** The media are closed: who is there is remembered, and received by the next. */
  detach(): void {
    this.#media = undefined;
    this.#stopReport?.();
    this.#options.audible.miss();
  }

  /** For how long nothing of the agent's has come, in ms; undefined where that is not known. */
  async agentSilentMs(): Promise<number | undefined> {
    const agent = [...this.#peers].find(([, peerId]) => peerId === AGENT_ID)?.[0] ?? '';
    return this.#media?.silentMs(agent).catch(() => undefined);
  }

  async #receive(media: Media, producerId: string): Promise<void> {
    const { speaker, audible, onAgentTrack, onProblem } = this.#options;
    const peerId = this.#peers.get(producerId) ?? '';
    const isAgent = peerId === AGENT_ID;
    try {
      const { track, resume } = await media.receive(producerId);
      if (this.#media !== media || !this.#peers.has(producerId)) return media.remove(producerId);
      const playing = speaker.play(peerId, track);
      if (isAgent) {
        onAgentTrack(track);
        void playing.then((plays) => plays && audible.meet('playing'));
      }
      await resume();
      if (!isAgent || this.#media !== media) return;
      audible.meet('resumed');
      this.#report(media, producerId);
    } catch (error) {
      if (this.#media === media) onProblem(`No audio from ${peerId}: ${String(error)}`);
    }
  }

  #report(media: Media, producerId: string): void {
    const { clock, onPlayout } = this.#options;
    this.#stopReport?.();
    this.#stopReport = reportPlayout({ clock, read: () => media.playout(producerId), tell: onPlayout });
  }
}
