import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Call } from '../client/call.ts';
import type { CallOptions, JoinOptions } from '../client/call-options.ts';
import { listMicrophones, type MicrophoneInfo, watchMicrophones } from '../client/devices.ts';
import { CallSource } from './call-source.ts';
import type { CallView } from './call-view.ts';

export type { CallLine } from './call-view.ts';

/** A call as a component sees it, with what can be done. The functions stay the same all the time. */
export interface CallHandle extends CallView {
  /** The call under way, for all that has no place here; undefined before the first. */
  readonly call: Call | undefined;
  /** Begins a call, in place of one that has ended. Call it from a click. Never rejects: the state says why it failed. */
  readonly join: (options?: JoinOptions) => Promise<void>;
  /** Ends the call; safe to call at any time. */
  readonly leave: () => void;
  /** Silences the microphone at once. Rejects with a SignalingError. */
  readonly mute: (muted: boolean) => Promise<void>;
  /** Says it to the agent, as if spoken; it takes the floor. Rejects with a SignalingError. */
  readonly sendText: (text: string) => Promise<void>;
  /** Silences the agent's reply. Rejects with a SignalingError. */
  readonly interrupt: () => Promise<void>;
  /** Another one of `useParleyDevices`, in mid-call. Rejects with a MicrophoneError and keeps the old one. */
  readonly switchMicrophone: (deviceId: string) => Promise<void>;
  /** From a click, where the state's `audio` is `blocked`. */
  readonly resumeAudio: () => Promise<void>;
}

/**
 * A call with the agent, as React sees it; left when the component goes. `options` are read when a call begins.
 * `makeCall`: for tests.
 */
export function useParleyCall(options: CallOptions = {}, makeCall = (o: CallOptions): Call => new Call(o)): CallHandle {
  const latest = useRef(options);
  latest.current = options;
  const [source] = useState(() => new CallSource(() => makeCall(latest.current)));
  const view = useSyncExternalStore(source.subscribe, source.view, source.view);
  useEffect(() => () => source.leave(), [source]);
  return useMemo(() => ({ ...view, ...source.actions, call: source.call }), [view, source]);
}

/** The microphones at hand, as they come and go; names are empty until one was allowed. */
export function useParleyDevices(): { readonly microphones: readonly MicrophoneInfo[]; readonly refresh: () => void } {
  const [microphones, setMicrophones] = useState<readonly MicrophoneInfo[]>([]);
  const refresh = useCallback(() => void listMicrophones().then(setMicrophones, () => {}), []);
  useEffect(() => {
    refresh();
    return watchMicrophones(refresh);
  }, [refresh]);
  return { microphones, refresh };
}
