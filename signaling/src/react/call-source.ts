import type { Call } from '../client/call.ts';
import type { JoinOptions } from '../client/call-options.ts';
import { SignalingError } from '../client/errors.ts';
import { type CallView, IDLE, viewCall } from './call-view.ts';

/** Calls one after another, as one thing that changes: what useSyncExternalStore wants. */
export class CallSource {
  readonly #makeCall: () => Call;
  readonly #listeners = new Set<() => void>();
  #view: CallView = IDLE;
  #call: Call | undefined;
  #stop = (): void => {};

  constructor(makeCall: () => Call) {
    this.#makeCall = makeCall;
  }

  get call(): Call | undefined {
    return this.#call;
  }

  readonly view = (): CallView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly leave = (): void => this.#call?.leave();

  /** The same functions all the time. */
  readonly actions = {
    join: async (options?: JoinOptions): Promise<void> => {
      if (this.#call && this.#call.state.kind !== 'ended') return;
      this.#stop();
      const call = this.#makeCall();
      this.#call = call;
      this.#stop = viewCall(call, (view) => this.#show(view));
      // Why it failed is in the state.
      await call.join(options).catch(() => {});
    },
    leave: this.leave,
    mute: (muted: boolean): Promise<void> => this.#current().mute(muted),
    sendText: (text: string): Promise<void> => this.#current().sendText(text),
    interrupt: (): Promise<void> => this.#current().interrupt(),
    switchMicrophone: (deviceId: string): Promise<void> => this.#current().switchMicrophone(deviceId),
    resumeAudio: (): Promise<void> => this.#current().resumeAudio(),
  };

  #current(): Call {
    if (!this.#call) throw SignalingError.wrongState('There is no call yet');
    return this.#call;
  }

  #show(view: CallView): void {
    this.#view = view;
    for (const listener of [...this.#listeners]) listener();
  }
}
