import * as z from 'zod';
import { ms } from './kinds.ts';

export const limits = z.strictObject({
  rooms: z.int().min(1).default(200).describe('Rooms at the same time.'),
  maxLoad: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('How full a thread may be before new calls are refused, 1 being full: docs/capacity.md; 0: never.'),
  callersPerRoom: z.int().min(1).max(64).default(8).describe('Callers in one room.'),
  createdRoomMs: ms
    .default(600_000)
    .describe('How long a room that was made over HTTP waits for its first caller, in ms.'),
  emptyRoomMs: ms.default(5000).describe('How long an empty room waits for a caller to come back, in ms.'),
  resumeMs: ms
    .default(30_000)
    .describe('How long a caller whose connection is lost may come back into the same call, in ms; 0: not at all.'),
  messageBytes: z.int().min(16_384).max(1_048_576).default(65_536).describe('Longest signaling message, in bytes.'),
  requestsPerSecond: z.number().min(1).default(20).describe('Requests a second of one connection, on average.'),
  requestBurst: z.int().min(20).default(60).describe('Requests of one connection at once.'),
  connectionsPerAddress: z.int().min(1).default(64).describe('Signaling connections from one address.'),
  joinsPerMinute: z.int().min(1).default(60).describe('Calls from one address in a minute; this machine has no limit.'),
  roomJoinsPerMinute: z.int().min(1).default(120).describe('Callers who come to one room in a minute.'),
  roomMessagesPerMinute: z.int().min(1).default(120).describe('Texts to the agent of one room in a minute.'),
  requestsPerMinute: z.int().min(1).default(600).describe('HTTP requests of one API key or address in a minute.'),
});
