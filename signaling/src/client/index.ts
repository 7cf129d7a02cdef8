// The SDK for web apps: a call by voice in the browser. May import protocol/, socket.io-client and mediasoup-client.
export { Call } from './call.ts';
export type { CallOptions, JoinOptions, VoiceWishes } from './call-options.ts';
export { Channel, type ChannelHandlers, type ChannelOptions } from './channel.ts';
export type { Clock } from './clock.ts';
export {
  listMicrophones,
  type MediaSource,
  MICROPHONE_DEFAULTS,
  type MicrophoneInfo,
  type MicrophonePermission,
  microphonePermission,
  openMicrophone,
  watchMicrophones,
} from './devices.ts';
export { MicrophoneError, type MicrophoneProblem, SignalingError, type SignalingErrorCode } from './errors.ts';
export { wasInCall } from './kept-call.ts';
export { LevelMeter, type Levels } from './level.ts';
export type { MicrophoneSource, MicrophoneState } from './microphone.ts';
export { RECONNECT_DEFAULTS, type ReconnectPolicy } from './reconnect.ts';
export type { AudioState } from './speaker.ts';
export type { CallEnd, CallEvents, CallProblem, CallState, EndReason, InCall } from './state.ts';
export type { TokenSource } from './token.ts';
export type { ToolHandler, ToolSpec } from './tools.ts';
