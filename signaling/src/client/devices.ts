import { MicrophoneError } from './errors.ts';

/** What a microphone is opened with, unless told otherwise: for people talking on loudspeakers; switch them off to compare audio. */
export const MICROPHONE_DEFAULTS: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
};

/** A microphone that can be chosen. */
export interface MicrophoneInfo {
  /** For `switchMicrophone`. */
  readonly deviceId: string;
  /** Empty until the user has allowed a microphone once. */
  readonly label: string;
}

/** `prompt`: the user will be asked; `unknown`: the browser does not tell before it is asked for the microphone. */
export type MicrophonePermission = 'granted' | 'prompt' | 'denied' | 'unknown';

/** Where microphones come from; injected in tests. */
export type MediaSource = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'> & Partial<EventTarget>;

const browserMedia = (): MediaSource | undefined => globalThis.navigator?.mediaDevices;

/** Opens a microphone. `constraints` are laid over the defaults. Throws a MicrophoneError. */
export async function openMicrophone(
  constraints: MediaTrackConstraints = {},
  media: MediaSource | undefined = browserMedia(),
): Promise<MediaStreamTrack> {
  // Browsers hide `mediaDevices` from pages that are not secure.
  if (!media) throw MicrophoneError.insecureContext();
  try {
    const stream = await media.getUserMedia({ audio: { ...MICROPHONE_DEFAULTS, ...constraints } });
    const [track] = stream.getAudioTracks();
    if (!track) throw MicrophoneError.lost();
    return track;
  } catch (error) {
    throw MicrophoneError.from(error);
  }
}

/** The microphones at hand; empty where the page may not ask. */
export async function listMicrophones(media: MediaSource | undefined = browserMedia()): Promise<MicrophoneInfo[]> {
  const devices = (await media?.enumerateDevices()) ?? [];
  return devices
    .filter((device) => device.kind === 'audioinput' && device.deviceId !== '')
    .map(({ deviceId, label }) => ({ deviceId, label }));
}

/** Calls `fn` whenever a device is plugged in or out; the function returned stops it. */
export function watchMicrophones(fn: () => void, media: MediaSource | undefined = browserMedia()): () => void {
  media?.addEventListener?.('devicechange', fn);
  return () => media?.removeEventListener?.('devicechange', fn);
}

/** Whether the page may use a microphone, without asking for one. */
export async function microphonePermission(): Promise<MicrophonePermission> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' as PermissionName })).state;
  } catch {
    return 'unknown';
  }
}
