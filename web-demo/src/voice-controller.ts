import { type Call, SignalingError } from '@parley/signaling';
import type { PageState, VoiceActions } from './model.ts';
import type { Store } from './store.ts';
import { LANG_TAGS } from './strings.ts';
import { listVoices, sampleUrl, type VoiceChoice, wishesFrom } from './voices.ts';

export interface VoiceControllerOptions {
  readonly store: Store<PageState>;
  /** The call under way. */
  readonly call: () => Call | undefined;
  readonly complain: (error: Error) => void;
}

/** The agent's voice: which there are, what one sounds like, and which is to speak. */
export class VoiceController implements VoiceActions {
  readonly #options: VoiceControllerOptions;
  readonly #store: Store<PageState>;
  #sample: HTMLAudioElement | undefined;
  #listing = false;

  constructor(options: VoiceControllerOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  openVoices(): void {
    if (this.#store.state.voices || this.#listing) return;
    this.#listing = true;
    this.#store.patch({ voiceNote: undefined });
    listVoices()
      .then(
        (voices) => this.#store.patch({ voices }),
        () => this.#store.patch({ voiceNote: 'voicesFailed' }),
      )
      .finally(() => {
        this.#listing = false;
      });
  }

  previewVoice(change: Partial<VoiceChoice>): void {
    this.stopSample();
    this.#store.patch({ voiceChoice: { ...this.#store.state.voiceChoice, ...change }, voiceNote: undefined });
  }

  chooseVoice(change: Partial<VoiceChoice>): void {
    this.previewVoice(change);
    const { call } = this.#store.state;
    if (call.kind !== 'in-call') return;
    this.#options
      .call()
      ?.speakAs(wishesFrom(this.#store.state.voiceChoice))
      .catch((error: Error) => {
        const othersHaveTheSay = error instanceof SignalingError && error.code === 'wrong-state';
        if (othersHaveTheSay) this.#store.patch({ voiceNote: 'voiceOfOthers' });
        else this.#options.complain(error);
      });
  }

  playSample(): void {
    if (this.#sample) {
      this.stopSample();
      return;
    }
    const { voiceChoice, voices = [], callLanguage, language } = this.#store.state;
    const sample = new Audio(sampleUrl(voiceChoice, callLanguage || LANG_TAGS[language], voices));
    this.#sample = sample;
    this.#store.patch({ sampling: true, voiceNote: undefined });
    const failed = (): void => {
      if (this.#sample !== sample) return;
      this.stopSample();
      this.#store.patch({ voiceNote: 'sampleFailed' });
    };
    sample.addEventListener('ended', () => this.stopSample());
    sample.play().catch(failed);
  }

  stopSample(): void {
    const sample = this.#sample;
    if (!sample) return;
    this.#sample = undefined;
    sample.pause();
    // Ends the request too.
    sample.removeAttribute('src');
    sample.load();
    this.#store.patch({ sampling: false });
  }
}
