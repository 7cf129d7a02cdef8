import type { UiLanguage } from '../strings.ts';
import { type CallPage, deleteCall, getCall, LibraryError, listCalls } from './library.ts';
import type { CallsActions, CallsState } from './model.ts';

/** Typing is waited for, ms. */
const TYPING_MS = 250;

export interface CallsControllerOptions {
  get(): CallsState;
  set(change: Partial<CallsState>): void;
  /** Plays the recording from there, in ms. */
  play(ms: number): void;
  remember(language: UiLanguage): void;
  /** The address of the page names the call that is shown. */
  show(call: string | undefined): void;
}

/** What people do on the page of calls. */
export class CallsController implements CallsActions {
  readonly #options: CallsControllerOptions;
  #asking = new AbortController();
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CallsControllerOptions) {
    this.#options = options;
  }

  search(query: string): void {
    this.#options.set({ query });
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.load(), TYPING_MS);
  }

  /** The newest calls that match. */
  async load(): Promise<void> {
    const page = await this.#ask({ q: this.#options.get().query.trim() });
    if (page) this.#options.set({ calls: page.calls, next: page.next, note: undefined });
  }

  more(): void {
    void this.#more();
  }

  choose(call: string): void {
    void this.#choose(call);
  }

  playFrom(ms: number): void {
    this.#options.set({ turn: undefined });
    this.#options.play(ms);
  }

  playedTo(ms: number): void {
    this.#options.set({ atMs: ms });
  }

  chooseTurn(turn: number): void {
    this.#options.set({ turn });
  }

  remove(): void {
    if (this.#options.get().deleting) void this.#remove();
    else this.#options.set({ deleting: true });
  }

  chooseLanguage(language: UiLanguage): void {
    this.#options.set({ language });
    this.#options.remember(language);
  }

  async #more(): Promise<void> {
    const { query, next: cursor } = this.#options.get();
    if (!cursor) return;
    const page = await this.#ask({ q: query.trim(), cursor });
    if (page) this.#options.set({ calls: [...(this.#options.get().calls ?? []), ...page.calls], next: page.next });
  }

  async #choose(call: string): Promise<void> {
    await this.#noting(async () => {
      const chosen = await getCall(call);
      this.#options.set({ chosen, atMs: undefined, turn: undefined, deleting: false, note: undefined });
      this.#options.show(call);
    });
  }

  async #remove(): Promise<void> {
    const gone = this.#options.get().chosen?.call;
    this.#options.set({ deleting: false });
    if (gone === undefined) return;
    await this.#noting(async () => {
      await deleteCall(gone);
      const calls = (this.#options.get().calls ?? []).filter(({ call }) => call !== gone);
      this.#options.set({ calls, chosen: undefined, note: undefined });
      this.#options.show(undefined);
    });
  }

  /** Undefined where it failed, or another question has come meanwhile. */
  async #ask(query: { q: string; cursor?: string }): Promise<CallPage | undefined> {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    const page = await this.#noting(() => listCalls(query, signal), signal);
    return signal.aborted ? undefined : page;
  }

  async #noting<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!signal?.aborted) this.#options.set({ note: error instanceof LibraryError ? error.key : 'problemOther' });
      return undefined;
    }
  }
}
