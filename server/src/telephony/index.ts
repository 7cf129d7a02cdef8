// Telephone calls by Twilio's Media Streams: WebSockets whose callers are on the telephone, by plain PCM. Imports access/,
// rooms/ and observe/.
export * from './account.ts';
export { TelephonyDoor, type TelephonyDoorOptions } from './door.ts';
export { signatureOf } from './signature.ts';
export { busyAnswer, streamAnswer } from './twiml.ts';
