import type { Device } from 'mediasoup-client';
import type { Emotion, TurnPreset } from '../protocol/index.ts';
import type { ChannelOptions } from './channel.ts';
import type { MediaSource } from './devices.ts';
import type { MicrophoneSource } from './microphone.ts';
import type { ReconnectPolicy } from './reconnect.ts';
import type { TokenSource } from './token.ts';

/** Where the server is and how it is reached; all of it may be left out for a page of the server's own. */
export interface CallOptions extends ChannelOptions {
  /** Needed where the server asks for one; best a function, which is asked anew for each connection. */
  readonly token?: TokenSource;
  /** Plays the agent; absent: the SDK makes one. */
  readonly audio?: HTMLAudioElement;
  /** TURN and STUN, where the server's own address cannot be reached. */
  readonly iceServers?: RTCIceServer[];
  /** `relay`: by TURN alone, to try it. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** How long a lost connection is tried again; absent: RECONNECT_DEFAULTS. */
  readonly reconnect?: ReconnectPolicy;
  /**
   * A reload of the page goes on with the call: `join` then takes the caller's old place while the server keeps it. The
   * way back is written into the tab's sessionStorage when the page goes. See `wasInCall`.
   */
  readonly surviveReload?: boolean;
  /** For tests. */
  readonly loadDevice?: () => Promise<Device>;
  /** For tests. */
  readonly media?: MediaSource;
  /** For tests. */
  readonly random?: () => number;
}

/** How the agent speaks; absent: as the server is set. Whoever has been in the room longest has the say. */
export interface VoiceWishes {
  /** The `id` of a voice in the server's `GET /v1/voices`; one that is not there is passed over. */
  readonly voice?: string;
  /** Pace of speech, 0.25 to 4; 1 is normal. */
  readonly speed?: number;
  /** Each voice does what it can of it. */
  readonly emotion?: Emotion;
}

/** Which room, as whom, and how the agent is to speak there. */
export interface JoinOptions extends VoiceWishes {
  /** A room to share; absent for a room of one's own. 1 to 64 letters, digits, `_` and `-`. */
  readonly room?: string;
  /** Shown to the other callers and told to the agent; 64 characters at most. A name in the token goes before. */
  readonly displayName?: string;
  /** BCP 47, e.g. `en` or `zh-CN`; absent: the engines find out. */
  readonly language?: string;
  /** How patient the agent is; absent for the server's own. Whoever opens the room has the say. */
  readonly turnPreset?: TurnPreset;
  /** Absent or `true`: the default one; `false`: none, listen and type only. */
  readonly microphone?: MicrophoneSource | false;
  /** Where the microphone cannot be opened, go on without; the state says why. Else `join` throws. */
  readonly withoutMicrophone?: boolean;
}
