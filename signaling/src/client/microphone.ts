import { type MediaSource, openMicrophone } from './devices.ts';
import { MicrophoneError, SignalingError } from './errors.ts';

/** A track of one's own, constraints over the defaults, or `true` for the default microphone. */
export type MicrophoneSource = true | MediaTrackConstraints | MediaStreamTrack;

/** On, with its name; or off, with `error` where it was asked for. */
export type MicrophoneState =
  | { readonly kind: 'on'; readonly deviceId: string; readonly label: string }
  | { readonly kind: 'off'; readonly error?: MicrophoneError };

/** What a call sends of it. */
export interface Sending {
  readonly track: MediaStreamTrack | undefined;
  readonly muted: boolean;
}

const isTrack = (source: MicrophoneSource): source is MediaStreamTrack =>
  typeof source === 'object' && 'readyState' in source;

/** The caller's microphone through switches, mute and loss. It stops the tracks it has opened, never one handed in. */
export class Microphone {
  readonly #onLost: () => void;
  readonly #media: MediaSource | undefined;
  #state: MicrophoneState = { kind: 'off' };
  #held: { track: MediaStreamTrack; release: () => void } | undefined;
  #muted = false;
  #closed = false;

  /** `onLost`: the track ended by itself, e.g. was unplugged. */
  constructor({ onLost, media }: { onLost: () => void; media?: MediaSource }) {
    this.#onLost = onLost;
    this.#media = media;
  }

  get state(): MicrophoneState {
    return this.#state;
  }

  get sending(): Sending {
    return { track: this.#held?.track, muted: this.#muted };
  }

  /** Opens `source` in place of what is open. Throws a MicrophoneError and keeps the old one. */
  async open(source: MicrophoneSource): Promise<MediaStreamTrack> {
    const own = isTrack(source);
    let track: MediaStreamTrack;
    try {
      track = own ? source : await openMicrophone(source === true ? {} : source, this.#media);
    } catch (error) {
      if (!this.#held) this.#state = { kind: 'off', error: MicrophoneError.from(error) };
      throw error;
    }
    if (this.#closed) {
      if (!own) track.stop();
      throw SignalingError.closed();
    }
    this.#held?.release();
    this.#hold(track, own);
    return track;
  }

  /** At once, here in the browser: nothing is sent while muted. */
  mute(muted: boolean): void {
    this.#muted = muted;
    if (this.#held) this.#held.track.enabled = !muted;
  }

  close(): void {
    this.#closed = true;
    this.#release();
  }

  #hold(track: MediaStreamTrack, own: boolean): void {
    const lost = () => {
      this.#release();
      this.#state = { kind: 'off', error: MicrophoneError.lost() };
      this.#onLost();
    };
    const release = () => {
      track.removeEventListener('ended', lost);
      if (!own) track.stop();
    };
    track.addEventListener('ended', lost);
    track.enabled = !this.#muted;
    this.#held = { track, release };
    this.#state = { kind: 'on', deviceId: track.getSettings().deviceId ?? '', label: track.label };
  }

  #release(): void {
    this.#held?.release();
    this.#held = undefined;
    this.#state = { kind: 'off' };
  }
}
