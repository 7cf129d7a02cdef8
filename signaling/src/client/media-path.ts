import type { ResponseOf } from '../protocol/index.ts';
import type { Audible } from './audible.ts';
import type { Clock } from './clock.ts';
import { IceGuard, type MediaHealth } from './ice-guard.ts';
import { Media, type MediaOptions } from './media.ts';
import type { Sending } from './microphone.ts';
import type { Voices } from './voices.ts';

export interface MediaPathOptions extends Omit<MediaOptions, 'routerRtpCapabilities' | 'onConnection'> {
  readonly clock: Clock;
  readonly voices: Voices;
  /** Is told when the way to us is connected. */
  readonly audible: Audible;
  readonly onHealth: (health: MediaHealth) => void;
}

/** The audio's way to the server and back, under guard; it can be made anew in place of one that is lost. */
export class MediaPath {
  readonly #options: MediaPathOptions;
  #guard: IceGuard | undefined;
  #media: Media | undefined;

  constructor(options: MediaPathOptions) {
    this.#options = options;
  }

  /** Sends and receives by new transports, in place of what there was. Throws a SignalingError. */
  async open(
    routerRtpCapabilities: ResponseOf<'join'>['routerRtpCapabilities'],
    { track, muted }: Sending,
  ): Promise<void> {
    const { clock, voices, audible, onHealth, ...options } = this.#options;
    this.close();
    const guard = new IceGuard({
      clock,
      restart: async (direction) => media.restartIce(direction),
      onHealth: (health) => this.#guard === guard && onHealth(health),
    });
    this.#guard = guard;
    const media = await Media.open({
      ...options,
      routerRtpCapabilities,
      onConnection: (direction, state) => {
        if (this.#guard !== guard) return;
        guard.handleState(direction, state);
        if (direction === 'recv' && state === 'connected') audible.meet('connected');
      },
    });
    if (this.#guard !== guard) return media.close();
    this.#media = media;
    await Promise.all([track ? this.send(track, muted) : undefined, voices.attach(media)]);
  }

  /** ICE is looking for another path. */
  get restarting(): boolean {
    return this.#guard?.restarting ?? false;
  }

  /** Sends the microphone's track, in place of the one before. */
  async send(track: MediaStreamTrack, muted: boolean): Promise<void> {
    await this.#media?.send(track);
    if (muted) await this.#options.request('mute', { muted });
  }

  /** Signaling is away: nothing can be mended. */
  pause(): void {
    this.#guard?.pause();
  }

  /** Signaling is back. `moved`: by another network. */
  resume({ moved }: { readonly moved: boolean }): void {
    this.#guard?.resume({ moved });
  }

  /** Says anew whether the way to us is connected. */
  check(): void {
    if (this.#media?.isConnected('recv')) this.#options.audible.meet('connected');
    else this.#options.audible.miss('connected');
  }

  close(): void {
    this.#options.voices.detach();
    this.#guard?.close();
    this.#guard = undefined;
    this.#media?.close();
    this.#media = undefined;
  }
}
