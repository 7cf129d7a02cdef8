// The OpenAI-Realtime-compatible door: WebSockets whose clients are callers of rooms, by plain PCM. Imports access/, rooms/
// and observe/; the published types of the protocol are the `openai` package's.
export { RealtimeDoor, type RealtimeDoorOptions } from './door.ts';
export { RealtimeError } from './protocol.ts';
export { type ClientSecret, ClientSecrets } from './secrets.ts';
export { initialSession, merged as mergedSession, type SessionConfig, sessionUpdate } from './session-config.ts';
