import { AGENT_ID } from '../protocol/constants.ts';

/**
 * Whether the agent can be heard.
 * - `waiting`: there is no agent's voice to play yet
 * - `playing`: it is audible
 * - `blocked`: the browser wants a click first; call `resumeAudio()` from one
 */
export type AudioState = 'waiting' | 'playing' | 'blocked';

interface Voice {
  readonly element: HTMLAudioElement;
  readonly track: MediaStreamTrack;
  state: AudioState;
  /** Settles `play()`. */
  settle(audible: boolean): void;
}

/** Plays voices, each on an audio element of its own; elements outlive a reconnection, so what a click unlocked stays so. */
export class Speaker {
  readonly #onChange: () => void;
  readonly #elements = new Map<string, HTMLAudioElement>();
  readonly #voices = new Map<string, Voice>();

  /** `element` plays the agent; others are made where needed. */
  constructor({ element, onChange }: { element?: HTMLAudioElement; onChange: () => void }) {
    if (element) this.#elements.set(AGENT_ID, element);
    this.#onChange = onChange;
  }

  get state(): AudioState {
    const voices = [...this.#voices.values()];
    if (voices.some((voice) => voice.state === 'blocked')) return 'blocked';
    return this.#voices.get(AGENT_ID)?.state ?? 'waiting';
  }

  /** Plays a peer's track in place of the one before. Resolves true once it is audible, false if it was taken away. */
  play(peerId: string, track: MediaStreamTrack): Promise<boolean> {
    this.remove(peerId);
    const element = this.#elementOf(peerId);
    element.srcObject = new MediaStream([track]);
    return new Promise((settle) => {
      const voice: Voice = { element, track, state: 'waiting', settle };
      this.#voices.set(peerId, voice);
      // Media keys and calls on a phone pause elements too.
      element.onpause = () => {
        if (voice.state === 'playing' && track.readyState === 'live') this.#change(voice, 'blocked');
      };
      void this.#start(voice);
    });
  }

  remove(peerId: string): void {
    const voice = this.#voices.get(peerId);
    if (!voice) return;
    this.#voices.delete(peerId);
    voice.element.onpause = null;
    voice.element.srcObject = null;
    voice.settle(false);
    this.#onChange();
  }

  /** Call it from a click: starts what the browser has blocked. */
  async resume(): Promise<void> {
    const blocked = [...this.#voices.values()].filter((voice) => voice.state === 'blocked');
    await Promise.all(blocked.map((voice) => this.#start(voice)));
  }

  /** The elements stay for the next link. */
  clear(): void {
    for (const peerId of [...this.#voices.keys()]) this.remove(peerId);
  }

  async #start(voice: Voice): Promise<void> {
    try {
      await voice.element.play();
      this.#change(voice, 'playing');
    } catch {
      this.#change(voice, 'blocked');
    }
  }

  #change(voice: Voice, state: AudioState): void {
    if (![...this.#voices.values()].includes(voice) || voice.state === state) return;
    voice.state = state;
    if (state === 'playing') voice.settle(true);
    this.#onChange();
  }

  #elementOf(peerId: string): HTMLAudioElement {
    let element = this.#elements.get(peerId);
    if (!element) {
      element = document.createElement('audio');
      element.setAttribute('playsinline', '');
      this.#elements.set(peerId, element);
    }
    return element;
  }
}
