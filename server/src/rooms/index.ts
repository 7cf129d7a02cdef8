// Rooms, their callers and what happens in them. Imports media/ and observe/.
export type { DtlsParameters, RtpCapabilities, RtpParameters } from '../media/index.ts';
export * from './agent-port.ts';
export * from './caller.ts';
export * from './captions.ts';
export * from './emitter.ts';
export * from './events.ts';
export * from './g711.ts';
export * from './news.ts';
export * from './news-desk.ts';
export * from './plan.ts';
export * from './refusal.ts';
export * from './registry.ts';
export * from './room.ts';
export * from './room-options.ts';
