import type { CallEnd, TokenSource } from '@parley/signaling';
import type { DoorActions, PageState } from './model.ts';
import { askDoor, noteFor, tokenFor } from './passphrase.ts';
import type { Store } from './store.ts';

export interface DoorControllerOptions {
  readonly store: Store<PageState>;
  /** For as long as the tab is there; empty: forget it. */
  readonly remember: (passphrase: string) => void;
  readonly start: () => void;
}

/** How this page comes in where the server asks for a passphrase. */
export class DoorController implements DoorActions {
  readonly #options: DoorControllerOptions;
  readonly #store: Store<PageState>;

  constructor(options: DoorControllerOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  /** What the calls of this page show at the door. */
  get token(): TokenSource | undefined {
    const { door, passphrase } = this.#store.state;
    return door === 'passphrase' ? ({ room }) => tokenFor(passphrase, room) : undefined;
  }

  async ask(): Promise<void> {
    this.#store.patch({ door: await askDoor() });
  }

  async givePassphrase(passphrase: string): Promise<void> {
    const { room, knocking } = this.#store.state;
    if (knocking || !passphrase) return;
    this.#store.patch({ knocking: true, passphraseNote: undefined });
    try {
      await tokenFor(passphrase, room);
      this.#keep(passphrase);
      this.#options.start();
    } catch (error) {
      this.#store.patch({ passphraseNote: noteFor(error) });
    } finally {
      this.#store.patch({ knocking: false });
    }
  }

  /** The passphrase opened before and does not now, or the server has begun to ask for one. */
  callEnded({ error }: CallEnd): void {
    if (error?.name !== 'SignalingError' || error.code !== 'unauthorized') return;
    this.#store.patch({ passphraseNote: this.#store.state.passphrase ? 'passphraseWrong' : undefined });
    this.#keep('');
    void this.ask();
  }

  #keep(passphrase: string): void {
    this.#options.remember(passphrase);
    this.#store.patch({ passphrase });
  }
}
