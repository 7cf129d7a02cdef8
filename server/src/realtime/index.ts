// The OpenAI-Realtime-compatible door: clients by WebSocket, whose audio is in their events, and by WebRTC, whose audio goes
// through the SFU; callers of rooms all of them. Imports access/, media/, rooms/ and observe/; the published types of the
// protocol are the `openai` package's.
export { RealtimeCalls, type RealtimeCallsOptions } from './calls.ts';
export { RealtimeDoor, type RealtimeDoorOptions } from './door.ts';
export { RealtimeError } from './protocol.ts';
export { LONGEST_OFFER } from './sdp/index.ts';
export { type ClientSecret, ClientSecrets } from './secrets.ts';
export { initialSession, merged as mergedSession, type SessionConfig, sessionUpdate } from './session-config.ts';
